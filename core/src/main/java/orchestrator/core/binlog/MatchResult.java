package orchestrator.core.binlog;

import orchestrator.core.gtid.BinlogCoordinates;

/** Whether it was found where a server stands in the log of another. */
public sealed interface MatchResult {
  /**
   * All that the server has logged since the marker is in the log of the other one before this
   * place, in the same order, and nothing else.
   *
   * @param place in the binary log of the other server: what comes after it the server lacks
   * @param events how many were compared, the marker among them
   */
  record Matched(BinlogCoordinates place, long events) implements MatchResult {}

  /** It is not certain where. */
  record NotMatched(String reason) implements MatchResult {}
}
