package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.milliseconds;
import static orchestrator.server.config.KeyTypes.nonEmptyText;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.KeyTypes.texts;
import static orchestrator.server.config.PatternTypes.clusterFilter;
import static orchestrator.server.config.PatternTypes.clusterMilliseconds;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys that the incumbent does not have. Their values are handed out by the groups they concern.
 */
final class NewKeys {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("New keys");

  static final ConfigurationKey<Duration> FAILURE_MINIMUM_DURATION_MILLISECONDS =
      KEYS.key(
          "FailureMinimumDurationMilliseconds",
          milliseconds(0),
          0,
          "How long a failure must last before it is recovered; 0 leaves it to the evidence alone.");

  static final ConfigurationKey<ClusterDurations> CLUSTER_FAILURE_MINIMUM_DURATION_MILLISECONDS =
      KEYS.key(
          "ClusterFailureMinimumDurationMilliseconds",
          clusterMilliseconds(),
          Map.of(),
          "The same for single clusters: cluster filters as in RecoverMasterClusterFilters, each"
              + " with milliseconds; the first match in the file wins.");

  static final ConfigurationKey<Integer> MASS_FAILURE_BRAKE_SERVERS =
      KEYS.key(
          "MassFailureBrakeServers",
          integer(0),
          20,
          "Of how many servers the failures are recovered automatically within"
              + " MassFailureBrakeMinutes; one more pulls a brake that only a person releases. 0: no"
              + " limit.");

  /** No longer than closed recoveries stay in the replicated state: they are what is counted. */
  static final ConfigurationKey<Integer> MASS_FAILURE_BRAKE_MINUTES =
      KEYS.key("MassFailureBrakeMinutes", integer(1, 60), 10, "The time of that.");

  static final ConfigurationKey<Boolean> ACKNOWLEDGE_COMPLETE_RECOVERIES =
      KEYS.key(
          "AcknowledgeCompleteRecoveries",
          bool(),
          false,
          "Acknowledge a recovery at its end if nothing is left to do: no error, no replica lost or"
              + " unreachable, no transaction known to be missing or unapplied. The next failure is"
              + " then recovered from at once. Repairs are not acknowledged.");

  static final ConfigurationKey<Boolean> REATTACH_RETURNED_MASTERS =
      KEYS.key(
          "ReattachReturnedMasters",
          bool(),
          false,
          "Make an old master that comes back a replica of its successor, if that has all of its"
              + " transactions; otherwise it is left to reattach-demoted-master.");

  static final ConfigurationKey<ClusterFilter> REFUSE_LOSS_CLUSTER_FILTERS =
      KEYS.key(
          "RefuseLossClusterFilters",
          clusterFilter(),
          List.of(),
          "Clusters in which an automatic failover that is known to lose transactions ends before"
              + " anything is promoted; filters as in RecoverMasterClusterFilters.");

  static final ConfigurationKey<ClusterFilter> ASK_BEFORE_LOSS_CLUSTER_FILTERS =
      KEYS.key(
          "AskBeforeLossClusterFilters",
          clusterFilter(),
          List.of(),
          "The same, and the next automatic failover goes on once a person has acknowledged that"
              + " recovery.");

  static final ConfigurationKey<List<String>> FENCING_PROCESSES =
      KEYS.key(
          "FencingProcesses",
          texts(),
          List.of(),
          "Before a server is promoted, unless the old master was read to be read-only: they must"
              + " see that it takes no writes.");

  static final ConfigurationKey<FencingFailure> FENCING_FAILURE_POLICY =
      KEYS.key(
          "FencingFailurePolicy",
          choice(FencingFailure.class),
          "abort",
          "What becomes of the failover when one of FencingProcesses fails.");

  static final ConfigurationKey<Boolean> END_CLIENT_CONNECTIONS =
      KEYS.key(
          "EndClientConnections",
          bool(),
          true,
          "End the connections of clients to an old master, before another server is promoted, once"
              + " it was set read-only.");

  /** What becomes of a failover whose old master could not be fenced. */
  enum FencingFailure implements NamedChoice {
    ABORT("abort"),
    GO_ON("go-on");

    private final String spelling;

    FencingFailure(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String alternatives() {
      return spelling;
    }
  }

  static final ConfigurationKey<Duration> HOOK_TIMEOUT_SECONDS =
      KEYS.key(
          "HookTimeoutSeconds",
          seconds(1),
          60,
          "How long one hook command may run before it is killed and counts as failed.");

  static final ConfigurationKey<Duration> BACKEND_FAILURE_HAND_OVER_SECONDS =
      KEYS.key(
          "BackendFailureHandOverSeconds",
          seconds(0),
          5,
          "How long a node cannot write its backend before it hands raft leadership over; 0: never.");

  static final ConfigurationKey<Duration> BACKEND_FAILURE_EXIT_SECONDS =
      KEYS.key(
          "BackendFailureExitSeconds",
          seconds(0),
          30,
          "How long a node cannot write its backend before it exits with code 3; 0: never.");

  static final ConfigurationKey<Duration> RAFT_JOIN_TIMEOUT_SECONDS =
      KEYS.key(
          "RaftJoinTimeoutSeconds",
          seconds(0),
          300,
          "How long a member of a group may be without its first quorum after its start before it"
              + " exits with code 4: longer than a start of all nodes, one after the other; 0:"
              + " never.");

  static final ConfigurationKey<String> RAFT_CLUSTER_NAME =
      KEYS.key(
          "RaftClusterName",
          nonEmptyText(),
          "orchestrator",
          "Name of the group; nodes with different names refuse each other.");

  static final ConfigurationKey<String> RAFT_NODE_NAME =
      KEYS.key(
          "RaftNodeName",
          text(),
          "",
          "Which entry of RaftNodes this node is, by its name; empty finds it by RaftAdvertise.",
          FROM_ENVIRONMENT);

  static final ConfigurationKey<String> RAFT_NODE_DATA_CENTER =
      KEYS.key(
          "RaftNodeDataCenter",
          text(),
          "",
          "Data center that this node stands in.",
          FROM_ENVIRONMENT);

  static final ConfigurationKey<Boolean> RAFT_JOIN =
      KEYS.key(
          "RaftJoin",
          bool(),
          false,
          "Wait to be added to a running group (raft-add-peer), in place of forming one of"
              + " RaftNodes.");

  static final ConfigurationKey<Duration> RAFT_ELECTION_TIMEOUT_MIN =
      KEYS.key(
          "RaftElectionTimeoutMinMilliseconds",
          milliseconds(50),
          300,
          "Shortest time without a message of the leader after which a node asks for votes.");

  static final ConfigurationKey<Duration> RAFT_ELECTION_TIMEOUT_MAX =
      KEYS.key("RaftElectionTimeoutMaxMilliseconds", milliseconds(50), 600, "Longest such time.");

  static final ConfigurationKey<Boolean> RAFT_USE_MUTUAL_TLS =
      KEYS.key(
          "RaftUseMutualTLS",
          bool(),
          false,
          "Encrypt what nodes say to each other, and accept only nodes with a certificate of"
              + " RaftTLSCAFile.");

  static final ConfigurationKey<Optional<Path>> RAFT_TLS_CERT_FILE =
      KEYS.key(
          "RaftTLSCertFile",
          path(),
          "",
          "This node's certificate for raft, with its name or address (PEM).");

  static final ConfigurationKey<Optional<Path>> RAFT_TLS_PRIVATE_KEY_FILE =
      KEYS.key("RaftTLSPrivateKeyFile", path(), "", "Its private key (PKCS#8, PEM).");

  static final ConfigurationKey<Optional<Path>> RAFT_TLS_CA_FILE =
      KEYS.key("RaftTLSCAFile", path(), "", "The authority of all nodes' certificates (PEM).");

  static final KeyGroup GROUP = KEYS.build();

  private NewKeys() {}
}
