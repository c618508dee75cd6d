package orchestrator.sandbox;

import java.util.ArrayList;
import java.util.List;

/** How a replica is told where to replicate from. */
final class ReplicationSource {
  private ReplicationSource() {}

  /**
   * By GTID, as {@link Account#REPLICATION}; with the short intervals of {@link Profile#TUNED} if
   * asked for.
   */
  static String statement(ServerKind kind, Profile profile, SandboxServer master) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "MASTER_HOST='" + master.host() + "'",
                "MASTER_PORT=" + master.port(),
                "MASTER_USER='" + Account.REPLICATION.user() + "'",
                "MASTER_PASSWORD='" + Account.REPLICATION.password() + "'",
                kind.isMariaDb() ? "MASTER_USE_GTID=slave_pos" : "MASTER_AUTO_POSITION=1"));
    if (profile == Profile.TUNED) {
      options.add("MASTER_CONNECT_RETRY=1");
      options.add("MASTER_HEARTBEAT_PERIOD=1");
    }
    return "CHANGE MASTER TO " + String.join(", ", options);
  }
}
