package orchestrator.core.recovery;

import orchestrator.core.binlog.BinlogMatch;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.binlog.LogTail;
import orchestrator.core.binlog.MatchQuestion;
import orchestrator.core.binlog.MatchResult;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/** What a recovery wants to know of the logs of servers. */
public sealed interface LogQuestion {
  /** Where a replica stands in the log of another server. */
  record Place(MatchQuestion question) implements LogQuestion {}

  /** Whether there is anything left in a relay log that can be applied. */
  record Rest(InstanceKey replica, BinlogCoordinates from) implements LogQuestion {}

  /** Reads the logs. Blocks as long as the reader does. */
  default LogAnswer answer(LogReader reader) {
    return switch (this) {
      case Place place -> new LogAnswer.Place(BinlogMatch.of(reader, place.question()));
      case Rest rest -> new LogAnswer.Rest(LogTail.after(reader, rest.replica(), rest.from()));
    };
  }

  /** The answer when nothing can be read. */
  default LogAnswer unanswered(String reason) {
    return switch (this) {
      case Place ignored -> new LogAnswer.Place(new MatchResult.NotMatched(reason));
      case Rest ignored -> new LogAnswer.Rest(LogTail.Rest.UNKNOWN);
    };
  }
}
