package orchestrator.sandbox.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whoever has applied the same entries holds the same state. */
public final class Digests {
  private Digests() {}

  /**
   * What a node held.
   *
   * @param index of the newest entry that it had applied
   * @param hash of its whole state
   */
  public record Digest(String node, long index, String hash) {}

  public static List<String> violations(Collection<Digest> digests) {
    List<String> violations = new ArrayList<>();
    Map<Long, Digest> byIndex = new HashMap<>();
    for (Digest digest : digests) {
      Digest known = byIndex.computeIfAbsent(digest.index(), index -> digest);
      if (!known.hash().equals(digest.hash())) {
        violations.add(
            "At entry %d %s holds %s, and %s holds %s"
                .formatted(
                    digest.index(), known.node(), known.hash(), digest.node(), digest.hash()));
      }
    }
    return violations.stream().distinct().toList();
  }
}
