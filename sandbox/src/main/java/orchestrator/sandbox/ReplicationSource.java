package orchestrator.sandbox;

import java.util.ArrayList;
import java.util.List;

/** How a replica is told where to replicate from. */
final class ReplicationSource {
  private ReplicationSource() {}

  /** By GTID. */
  static String byGtid(ServerKind kind, Profile profile, SandboxServer master) {
    return statement(
        profile,
        master,
        List.of(kind.isMariaDb() ? "MASTER_USE_GTID=slave_pos" : "MASTER_AUTO_POSITION=1"));
  }

  /** From a place in the master's binary log on. */
  static String byPosition(
      ServerKind kind, Profile profile, SandboxServer master, String file, String position) {
    List<String> options =
        new ArrayList<>(List.of("MASTER_LOG_FILE='" + file + "'", "MASTER_LOG_POS=" + position));
    if (kind.isMariaDb()) {
      options.add("MASTER_USE_GTID=no");
    }
    return statement(profile, master, options);
  }

  /**
   * As {@link Account#REPLICATION}; with the short intervals of {@link Profile#TUNED} if asked for.
   */
  private static String statement(Profile profile, SandboxServer master, List<String> position) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "MASTER_HOST='" + master.host() + "'",
                "MASTER_PORT=" + master.port(),
                "MASTER_USER='" + Account.REPLICATION.user() + "'",
                "MASTER_PASSWORD='" + Account.REPLICATION.password() + "'"));
    options.addAll(position);
    if (profile == Profile.TUNED) {
      options.add("MASTER_CONNECT_RETRY=1");
      options.add("MASTER_HEARTBEAT_PERIOD=1");
    }
    return "CHANGE MASTER TO " + String.join(", ", options);
  }
}
