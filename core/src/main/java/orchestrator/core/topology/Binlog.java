package orchestrator.core.topology;

import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;

/**
 * The server's own binary log.
 *
 * @param enabled {@code log_bin}
 * @param logReplicaUpdates whether replicated events are logged too
 * @param rowImage {@code binlog_row_image}, empty when the server has none
 * @param position where the server writes now; empty when it does not log
 */
public record Binlog(
    boolean enabled,
    boolean logReplicaUpdates,
    BinlogFormat format,
    String rowImage,
    Optional<BinlogCoordinates> position) {
  public static final Binlog UNKNOWN =
      new Binlog(false, false, BinlogFormat.UNKNOWN, "", Optional.empty());

  /** Whether a server below could take over what this one replicates. */
  public boolean canFeedReplicas() {
    return enabled && logReplicaUpdates;
  }
}
