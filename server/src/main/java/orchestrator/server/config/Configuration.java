package orchestrator.server.config;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One validated snapshot of all settings. A reload makes another one.
 *
 * @param values the values of all keys after derivation
 * @param sources the files they were read from, in order; empty when there was none
 */
public record Configuration(ConfigurationValues values, List<String> sources) {

  public Configuration {
    sources = List.copyOf(sources);
  }

  /** How the process behaves. */
  public ProcessConfiguration process() {
    return new ProcessConfiguration(values);
  }

  /** The node's own store. */
  public BackendConfiguration backend() {
    return new BackendConfiguration(values);
  }

  /** How monitored servers are contacted. */
  public TopologyAccessConfiguration topologyAccess() {
    return new TopologyAccessConfiguration(values);
  }

  /** How often and how many servers are probed. */
  public DiscoveryConfiguration discovery() {
    return new DiscoveryConfiguration(values);
  }

  /** Where discovery begins and what it leaves alone. */
  public DiscoveryFilterConfiguration discoveryFilters() {
    return new DiscoveryFilterConfiguration(values);
  }

  /** How names are made comparable. */
  public NameResolutionConfiguration nameResolution() {
    return new NameResolutionConfiguration(values);
  }

  /** What servers and clusters are called and where they are. */
  public ClassificationConfiguration classification() {
    return new ClassificationConfiguration(values);
  }

  /** Markers in binary logs. */
  public PseudoGtidConfiguration pseudoGtid() {
    return new PseudoGtidConfiguration(values);
  }

  /** What replication may look like and how servers are changed. */
  public ReplicationConfiguration replication() {
    return new ReplicationConfiguration(values);
  }

  /** Semi-synchronous replication. */
  public SemiSyncConfiguration semiSync() {
    return new SemiSyncConfiguration(values);
  }

  /** When a state is a failure. */
  public AnalysisConfiguration analysis() {
    return new AnalysisConfiguration(values);
  }

  /** Which failures are recovered, within which limits. */
  public RecoveryConfiguration recovery() {
    return new RecoveryConfiguration(values);
  }

  /** Commands of the operator. */
  public HooksConfiguration hooks() {
    return new HooksConfiguration(values);
  }

  /** Membership of a group of nodes. */
  public RaftConfiguration raft() {
    return new RaftConfiguration(values);
  }

  /** Where masters are published. */
  public KeyValueConfiguration keyValueStores() {
    return new KeyValueConfiguration(values);
  }

  /** Who may ask, and where. */
  public HttpConfiguration http() {
    return new HttpConfiguration(values);
  }

  /** Encryption of the HTTP service. */
  public HttpTlsConfiguration httpTls() {
    return new HttpTlsConfiguration(values);
  }

  /** The discontinued host agent. */
  public AgentsConfiguration agents() {
    return new AgentsConfiguration(values);
  }

  /** Where metrics are sent. */
  public MetricsConfiguration metrics() {
    return new MetricsConfiguration(values);
  }

  /** Where it is written what was done. */
  public AuditConfiguration audit() {
    return new AuditConfiguration(values);
  }

  /** What people see. */
  public WebConfiguration web() {
    return new WebConfiguration(values);
  }

  /** Names of the keys whose values differ, sorted: what a reload changed. */
  public Set<String> differences(Configuration other) {
    var names = new TreeSet<String>();
    for (ConfigurationKey<?> key : ConfigurationKeys.all()) {
      if (!values.encoded(key).equals(other.values.encoded(key))) {
        names.add(key.name());
      }
    }
    return names;
  }
}
