package orchestrator.server.engine.manager;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import orchestrator.core.analysis.AnalysisChangelog;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Backend;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.History.AnalysisChange;
import orchestrator.server.engine.Hooks;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.World;
import orchestrator.server.engine.detection.Announcements;
import orchestrator.server.engine.detection.DetectionSettings;
import orchestrator.server.engine.detection.Detector;
import orchestrator.server.engine.discovery.Discovery;
import orchestrator.server.engine.discovery.DiscoverySettings;
import orchestrator.server.engine.discovery.Picture;
import orchestrator.server.engine.discovery.Suspicions;
import orchestrator.server.engine.discovery.Watches;
import orchestrator.server.engine.recovery.AddressBook;
import orchestrator.server.engine.recovery.DemotedMasters;
import orchestrator.server.engine.recovery.Recoveries;
import orchestrator.server.engine.recovery.RecoveryPorts;
import orchestrator.server.observe.Audit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of a running manager. */
public final class Manager implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Manager.class);

  /** What the manager acts through. */
  public record Ports(
      Servers servers,
      Consensus consensus,
      Backend backend,
      Hooks hooks,
      Audit audit,
      InstantSource clock) {}

  /**
   * @param seeds servers that are discovered at each start
   * @param historyKept {@code AuditPurgeDays}
   * @param injectsMarkers {@code AutoPseudoGTID}
   */
  public record ManagerSettings(
      DiscoverySettings discovery,
      DetectionSettings detection,
      Recoveries.Rules recovery,
      List<InstanceKey> seeds,
      Duration historyKept,
      boolean injectsMarkers) {
    public ManagerSettings {
      seeds = List.copyOf(seeds);
    }
  }

  private final Ports ports;
  private final ManagerSettings settings;
  private final NodeInfo node;
  private final Picture picture;
  private final Discovery discovery;
  private final Watches watches;
  private final Suspicions suspicions;
  private final Recoveries recoveries;
  private final Detector detector;
  private final Announcements announcements;
  private final KnownServers knownServers;
  private final PeriodicWork periodicWork;
  private final ManagerOperations operations = new ManagerOperations(this);
  private final Supplier<String> uids;
  private final BlockedList blocked;
  private final AddressBook addressBook;
  private final DemotedMasters demotedMasters;
  private final Forgetting forgetting = new Forgetting(this);
  private final Explainer explainer = new Explainer(this);

  public Manager(Ports ports, ManagerSettings settings, NodeInfo node) {
    this.ports = ports;
    this.settings = settings;
    this.node = node;
    this.uids = () -> newUid(ports.clock());
    this.blocked = new BlockedList(ports.clock(), ports.backend()::showBlocked);
    this.addressBook = new AddressBook(ports.clock());
    this.picture =
        new Picture(
            ports.clock(),
            System::nanoTime,
            settings.injectsMarkers() ? Optional.of(this::hasMarkers) : Optional.empty());
    this.discovery = new Discovery(ports.servers(), picture, settings.discovery(), ports.clock());
    RecoveryPorts recoveryPorts =
        new RecoveryPorts(
            ports.servers(),
            ports.consensus(),
            ports.hooks(),
            picture,
            (type, key, message) -> audit(type, Optional.of(key), message),
            ports.clock());
    this.recoveries =
        new Recoveries(recoveryPorts, settings.recovery(), addressBook, node, blocked::note);
    this.announcements =
        new Announcements(
            ports.consensus(),
            recoveries,
            ports.hooks(),
            settings.detection(),
            uids,
            node,
            explainer::audit);
    this.detector =
        new Detector(
            picture,
            ports.consensus(),
            settings.detection(),
            ports.clock(),
            new Detector.Reactions(
                new Emergencies(this)::help,
                this::suspect,
                announcements::onFailure,
                this::noteChanges));
    this.suspicions =
        new Suspicions(discovery, picture, detector::lookAndTellWhetherSettled, ports.clock());
    this.watches = new Watches(ports.servers(), this::suspect);
    this.demotedMasters =
        new DemotedMasters(
            recoveryPorts,
            discovery,
            new DemotedMasterWatch.Rules(
                settings.recovery().policy().promotion().useSuperReadOnly(),
                settings.recovery().policy().safety(),
                settings.recovery().policy().replication()),
            node);
    this.knownServers = new KnownServers(this);
    this.periodicWork = new PeriodicWork(this, demotedMasters);
  }

  private boolean hasMarkers(String cluster) {
    ReplicatedState state = ports.consensus().state();
    return state.pseudoGtid().containsKey(state.currentClusterName(cluster));
  }

  /** Takes up what was known, and begins to poll, judge and recover. */
  public void start() {
    remember();
    discovery.start();
    settings.seeds().forEach(discovery::admit);
    knownServers.start();
    periodicWork.start();
  }

  /** Makes known what was known before, without polling it: for a single command. */
  public void remember() {
    discovery.onProbed(this::noteProbe);
    discovery.onUnseenForLong(forgetting::unseenForLong);
    List<Instance> remembered = ports.backend().loadInstances();
    if (ports.consensus().isShared()) {
      picture.recollect(remembered);
    } else {
      picture.restore(remembered);
    }
    ports.consensus().state().known().forEach(picture::admit);
  }

  /**
   * Reads everything that is known, and what replication leads to, and goes on polling it; judges
   * and recovers nothing. For a single command, after {@link #remember}.
   *
   * @param limit how long to wait for servers that do not answer
   */
  public void readAll(Duration limit) {
    Instant end = ports.clock().instant().plus(limit);
    discovery.start();
    Set<InstanceKey> read = new HashSet<>();
    while (!read.containsAll(picture.keys())) {
      Set<InstanceKey> next = new HashSet<>(picture.keys());
      next.removeAll(read);
      read.addAll(next);
      try {
        discovery
            .probeNow(next)
            .get(Duration.between(ports.clock().instant(), end).toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        log.warn("Some servers have not answered within {}", limit);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** Stops in the order of dependence. Open recoveries are taken up at the next start. */
  @Override
  public void close() {
    recoveries.close();
    periodicWork.close();
    knownServers.close();
    suspicions.close();
    watches.close();
    discovery.close();
  }

  /** Told of each probe after it was recorded. */
  public void onProbed(BiConsumer<InstanceKey, ProbeResult> listener) {
    discovery.onProbed(listener);
  }

  public Operations operations() {
    return operations;
  }

  World world() {
    return new World(
        ports.clock().instant(),
        node,
        picture.topology(),
        ports.consensus().state(),
        detector.diagnoses());
  }

  Health health() {
    Optional<String> error = ports.backend().failure();
    boolean leading = ports.consensus().leadership().isPresent();
    return new Health(node, Optional.of(node), List.of(node), leading, error);
  }

  private void noteProbe(InstanceKey asked, ProbeResult result) {
    if (result instanceof ProbeResult.Seen seen) {
      ports.backend().saveInstances(List.of(seen.instance()));
    }
  }

  private void suspect(InstanceKey key, String reason) {
    suspicions.suspect(key, reason);
  }

  private void noteChanges(List<AnalysisChangelog.Change> changes) {
    for (AnalysisChangelog.Change change : changes) {
      ports
          .backend()
          .recordAnalysis(new AnalysisChange(change.key(), change.at(), change.to().displayName()));
    }
  }

  /** Records something that is about no server. */
  public void audit(String type, String message) {
    audit(type, Optional.empty(), message);
  }

  /** Records what was done, with the cluster of the server. */
  void audit(String type, Optional<InstanceKey> key, String message) {
    String cluster = key.flatMap(picture.topology()::clusterNameOf).orElse("");
    ports.audit().record(type, key, cluster, message);
  }

  /** {@code <unix nanoseconds>:<64 hexadecimal digits>}. */
  static String newUid(InstantSource clock) {
    Instant now = clock.instant();
    byte[] random = new byte[32];
    ThreadLocalRandom.current().nextBytes(random);
    return now.getEpochSecond() * 1_000_000_000L
        + now.getNano()
        + ":"
        + HexFormat.of().formatHex(random);
  }

  DemotedMasters demotedMasters() {
    return demotedMasters;
  }

  Explainer explainer() {
    return explainer;
  }

  Forgetting forgetting() {
    return forgetting;
  }

  Picture picture() {
    return picture;
  }

  Discovery discovery() {
    return discovery;
  }

  Detector detector() {
    return detector;
  }

  Announcements announcements() {
    return announcements;
  }

  Recoveries recoveries() {
    return recoveries;
  }

  Watches watches() {
    return watches;
  }

  ManagerSettings settings() {
    return settings;
  }

  Consensus consensus() {
    return ports.consensus();
  }

  Servers servers() {
    return ports.servers();
  }

  Hooks hooks() {
    return ports.hooks();
  }

  Backend backend() {
    return ports.backend();
  }

  AddressBook addressBook() {
    return addressBook;
  }

  BlockedList blocked() {
    return blocked;
  }

  InstantSource clock() {
    return ports.clock();
  }

  NodeInfo node() {
    return node;
  }

  Supplier<String> uids() {
    return uids;
  }
}
