package orchestrator.core.topology;

import java.util.Optional;
import orchestrator.core.gtid.GtidSet;

/**
 * The GTID state of a server.
 *
 * @param mode {@code gtid_mode} of MySQL; empty for MariaDB and for servers without GTIDs
 * @param executed {@code gtid_executed}, or MariaDB's {@code gtid_current_pos} joined with {@code
 *     gtid_binlog_pos}
 * @param purged {@code gtid_purged}; empty for MariaDB
 */
public record Gtid(String mode, Optional<GtidSet> executed, Optional<GtidSet> purged) {
  public static final Gtid NONE = new Gtid("", Optional.empty(), Optional.empty());

  /** Whether MySQL's GTIDs are on, in whatever degree. */
  public boolean supportsOracle() {
    return !mode.isEmpty() && !mode.equals("OFF");
  }
}
