package orchestrator.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import orchestrator.core.gtid.BinlogCoordinates;

/** Where a server without GTIDs stands: in its own log, and in that of its source. */
final class Places {
  final LogFiles files;

  /** In the source's log. */
  BinlogCoordinates read = BinlogCoordinates.UNKNOWN;

  BinlogCoordinates executed = BinlogCoordinates.UNKNOWN;

  /** Where in the source's log each transaction of the relay log ends. */
  private final Deque<BinlogCoordinates> relayed = new ArrayDeque<>();

  /** How far it was in the source's log before each transaction of its own. */
  private final List<BinlogCoordinates> before = new ArrayList<>();

  Places(int firstFile) {
    this.files = new LogFiles(firstFile);
  }

  /** It has logged a transaction. */
  void logged() {
    files.append();
    before.add(executed);
  }

  /** A crash takes the last one: data and place are written together. */
  void lost() {
    files.removeLast();
    executed = before.removeLast();
  }

  void fetched(BinlogCoordinates end) {
    relayed.add(end);
    read = end;
  }

  /** The next transaction of the relay log is applied, and logged. */
  void applied() {
    executed = relayed.remove();
  }

  /** The source goes on in a file in which nothing stands yet. */
  void rotated(BinlogCoordinates to) {
    read = to;
    executed = relayed.isEmpty() ? to : executed;
  }

  void startAt(BinlogCoordinates place) {
    relayed.clear();
    read = place;
    executed = place;
  }

  /** What was fetched is fetched anew. */
  void dropRelay() {
    startAt(executed);
  }

  void forget() {
    startAt(BinlogCoordinates.UNKNOWN);
  }
}
