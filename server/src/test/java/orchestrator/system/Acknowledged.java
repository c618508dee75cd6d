package orchestrator.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.system.ManagerGroup.Node;

/** Commands that the group has acknowledged, and what was seen of its leaders meanwhile. */
final class Acknowledged {
  private final ManagerGroup group;
  private final String prefix;
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private final Map<Long, Node> leaderOfTerm = new TreeMap<>();
  private final List<String> contradictions = new ArrayList<>();

  Acknowledged(ManagerGroup group, String prefix) {
    this.group = group;
    this.prefix = prefix;
  }

  /** Writes through one node after the other, whether or not they can. */
  void writeFor(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      for (Node node : group.nodes()) {
        String key = prefix + i + "-" + node.number();
        if (group.get(node, "put-key-value/" + key + "/v", Duration.ofSeconds(5)).isOk()) {
          keys.add(key);
        }
        observe(node);
      }
    }
  }

  private void observe(Node node) {
    group
        .raft(node)
        .filter(raft -> raft.path("State").asString().equals("Leader"))
        .map(raft -> raft.path("Term").asLong())
        .ifPresent(term -> {
          Node other = leaderOfTerm.putIfAbsent(term, node);
          if (other != null && !other.equals(node)) {
            contradictions.add(other + " and " + node + " lead in term " + term);
          }
        });
  }

  /** So far. */
  int count() {
    return keys.size();
  }

  String[] keys() {
    return keys.toArray(String[]::new);
  }

  List<String> contradictions() {
    return List.copyOf(contradictions);
  }
}
