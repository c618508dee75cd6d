package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.port;
import static orchestrator.server.config.NetworkTypes.address;
import static orchestrator.server.config.NetworkTypes.baseUrl;
import static orchestrator.server.config.NetworkTypes.raftNodes;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Raft: Membership of a group of nodes. Ignored unless enabled. */
public record RaftConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Raft");

  static final ConfigurationKey<Boolean> RAFT_ENABLED =
      KEYS.key("RaftEnabled", bool(), false, "Run as a member of a raft group.");

  public boolean enabled() {
    return values.get(RAFT_ENABLED);
  }

  static final ConfigurationKey<Optional<Path>> RAFT_DATA_DIR =
      KEYS.key("RaftDataDir", path(), "", "Directory of the raft log and snapshots.");

  public Optional<Path> dataDirectory() {
    return values.get(RAFT_DATA_DIR);
  }

  static final ConfigurationKey<Optional<HostPort>> RAFT_BIND =
      KEYS.key(
          "RaftBind",
          address(),
          "127.0.0.1:10008",
          "Address this node listens on for raft: host or IP, optional port.",
          FROM_ENVIRONMENT);

  public Optional<HostPort> bind() {
    return values.get(RAFT_BIND);
  }

  static final ConfigurationKey<Optional<HostPort>> RAFT_ADVERTISE =
      KEYS.key(
          "RaftAdvertise",
          address(),
          "",
          "Address other members use for this node; empty is RaftBind.",
          FROM_ENVIRONMENT);

  public Optional<HostPort> advertise() {
    return values.get(RAFT_ADVERTISE);
  }

  static final ConfigurationKey<Integer> DEFAULT_RAFT_PORT =
      KEYS.key("DefaultRaftPort", port(), 10008, "Port for raft addresses without one.");

  public int defaultPort() {
    return values.get(DEFAULT_RAFT_PORT);
  }

  static final ConfigurationKey<List<RaftNode>> RAFT_NODES =
      KEYS.key(
          "RaftNodes",
          raftNodes(),
          List.of(),
          "Members when the group begins, including this node; equal on all nodes. Later the group"
              + " itself knows its members.",
          FROM_ENVIRONMENT);

  public List<RaftNode> nodes() {
    return values.get(RAFT_NODES);
  }

  static final ConfigurationKey<Optional<URI>> HTTP_ADVERTISE =
      KEYS.key(
          "HTTPAdvertise",
          baseUrl(),
          "",
          "Public base URL of this node's HTTP service, used by other members when it leads.",
          FROM_ENVIRONMENT);

  public Optional<URI> httpAdvertise() {
    return values.get(HTTP_ADVERTISE);
  }

  public String clusterName() {
    return values.get(NewKeys.RAFT_CLUSTER_NAME);
  }

  public String nodeName() {
    return values.get(NewKeys.RAFT_NODE_NAME);
  }

  public String nodeDataCenter() {
    return values.get(NewKeys.RAFT_NODE_DATA_CENTER);
  }

  public boolean join() {
    return values.get(NewKeys.RAFT_JOIN);
  }

  public Duration electionTimeoutMin() {
    return values.get(NewKeys.RAFT_ELECTION_TIMEOUT_MIN);
  }

  public Duration electionTimeoutMax() {
    return values.get(NewKeys.RAFT_ELECTION_TIMEOUT_MAX);
  }

  /** For the first quorum after the start; zero for ever. */
  public Duration joinTimeout() {
    return values.get(NewKeys.RAFT_JOIN_TIMEOUT_SECONDS);
  }

  public boolean useMutualTls() {
    return values.get(NewKeys.RAFT_USE_MUTUAL_TLS);
  }

  public Optional<Path> tlsCertificateFile() {
    return values.get(NewKeys.RAFT_TLS_CERT_FILE);
  }

  public Optional<Path> tlsPrivateKeyFile() {
    return values.get(NewKeys.RAFT_TLS_PRIVATE_KEY_FILE);
  }

  public Optional<Path> tlsAuthorityFile() {
    return values.get(NewKeys.RAFT_TLS_CA_FILE);
  }

  static final KeyGroup GROUP = KEYS.build();
}
