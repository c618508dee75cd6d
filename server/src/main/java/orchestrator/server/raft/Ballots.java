package orchestrator.server.raft;

import java.util.List;
import java.util.TreeSet;

/** Who gave this node its vote in the latest term in which it asked. */
final class Ballots {
  private final TreeSet<String> names = new TreeSet<>();
  private long term = -1;

  synchronized void add(long inTerm, String voter) {
    if (inTerm > term) {
      term = inTerm;
      names.clear();
    }
    if (inTerm == term) {
      names.add(voter);
    }
  }

  /** In order; empty where it did not ask. */
  synchronized List<String> in(long wanted) {
    return wanted == term ? List.copyOf(names) : List.of();
  }
}
