package orchestrator.core.recovery;

import orchestrator.core.binlog.LogTail;
import orchestrator.core.binlog.MatchResult;

/** The answer to a {@link LogQuestion}, of the same kind. */
public sealed interface LogAnswer {
  record Place(MatchResult result) implements LogAnswer {}

  record Rest(LogTail.Rest rest) implements LogAnswer {}
}
