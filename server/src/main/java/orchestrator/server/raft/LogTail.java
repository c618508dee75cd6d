package orchestrator.server.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Ratis from a log that it cannot continue: one whose open segment ends before the newest
 * snapshot, as a node leaves it that dies right after it has installed a snapshot, or whose disk
 * lost the end of the log. Ratis purges closed segments only, would write the first entry after the
 * snapshot behind the last one before it, refuses that as a gap, and then every entry after it.
 */
final class LogTail {
  private static final Logger log = LoggerFactory.getLogger(LogTail.class);
  private static final String OPEN = "log_inprogress_";

  private LogTail() {}

  /**
   * Removes such a segment: the snapshot holds what it says.
   *
   * @param snapshotIndex the last entry that the newest snapshot holds
   */
  static void dropIfBefore(RaftStorage storage, long snapshotIndex) throws IOException {
    for (LogSegmentPath segment : LogSegmentPath.getLogSegmentPaths(storage)) {
      String name = String.valueOf(segment.getPath().getFileName());
      if (name.startsWith(OPEN) && Long.parseLong(name.substring(OPEN.length())) <= snapshotIndex) {
        long last = lastEntry(segment);
        if (last < snapshotIndex) {
          log.warn(
              "The raft log ends at entry {}, before the snapshot at {}: it goes on from there",
              last,
              snapshotIndex);
          Files.delete(segment.getPath());
        }
      }
    }
  }

  private static long lastEntry(LogSegmentPath segment) throws IOException {
    AtomicLong last = new AtomicLong(RaftLog.INVALID_LOG_INDEX);
    LogSegment.readSegmentFile(
        segment.getPath().toFile(),
        segment.getStartEnd(),
        RatisProperties.BUFFER,
        CorruptionPolicy.EXCEPTION,
        null,
        entry -> last.set(entry.getIndex()));
    return last.get();
  }
}
