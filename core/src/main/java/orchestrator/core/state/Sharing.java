package orchestrator.core.state;

import java.util.Map;
import java.util.Set;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * Immutable maps and sets of which a changed copy shares all but what was changed. A command costs
 * every manager the same whether ten servers are known or ten thousand.
 */
final class Sharing {
  private Sharing() {}

  /** The same object when it is of this kind already. */
  static <K, V> PMap<K, V> map(Map<K, V> map) {
    return map instanceof PMap<K, V> sharing ? sharing : HashTreePMap.from(map);
  }

  /** Likewise, of maps that are of this kind too. */
  static <K, L, V> PMap<K, Map<L, V>> mapOfMaps(Map<K, Map<L, V>> maps) {
    if (maps instanceof PMap<K, Map<L, V>> sharing) {
      return sharing;
    }
    PMap<K, Map<L, V>> copy = HashTreePMap.empty();
    for (Map.Entry<K, Map<L, V>> entry : maps.entrySet()) {
      copy = copy.plus(entry.getKey(), map(entry.getValue()));
    }
    return copy;
  }

  /** The same object when it is of this kind already. */
  static <T> PSet<T> set(Set<T> set) {
    return set instanceof PSet<T> sharing ? sharing : HashTreePSet.from(set);
  }
}
