package orchestrator.sandbox.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which servers of one cluster took writes, and when. */
public final class Masters {
  private Masters() {}

  /**
   * A look at all servers.
   *
   * @param writable those that answered, and take writes
   * @param readOnly those that answered, and take none
   */
  public record Sample(long at, Set<String> writable, Set<String> readOnly) {
    public Sample {
      writable = Set.copyOf(writable);
      readOnly = Set.copyOf(readOnly);
    }
  }

  /** A time in which somebody had the right to make a server writable. */
  public record Right(String server, long from, long to) {}

  /**
   * Two or more that took writes at the same time, for longer than it may take to set a server
   * read-only that has come back.
   *
   * @param samples in order of time, of the servers that the quorum reaches
   */
  public static List<String> severalAtOnce(List<Sample> samples, Duration tolerance) {
    List<String> violations = new ArrayList<>();
    Set<String> during = new TreeSet<>();
    long since = 0;
    boolean told = false;
    for (Sample sample : samples) {
      if (sample.writable().size() < 2) {
        during.clear();
        told = false;
        continue;
      }
      since = during.isEmpty() ? sample.at() : since;
      during.addAll(sample.writable());
      if (!told && sample.at() - since > tolerance.toNanos()) {
        told = true;
        violations.add(
            "%s took writes together for more than %d ms, from %d ms on"
                .formatted(during, tolerance.toMillis(), since / 1_000_000));
      }
    }
    return violations;
  }

  /**
   * Servers that became writable while nobody had the right to make them so.
   *
   * @param samples in order of time, of all servers
   */
  public static List<String> madeWritableWithoutRight(
      List<Sample> samples, Collection<Right> rights) {
    List<String> violations = new ArrayList<>();
    Map<String, Long> lastReadOnly = new HashMap<>();
    for (Sample sample : samples) {
      for (String server : sample.writable()) {
        Long before = lastReadOnly.remove(server);
        if (before != null && !hasRight(server, before, sample.at(), rights)) {
          violations.add(
              "%s became writable between %d and %d ms, and nobody had the right to make it so"
                  .formatted(server, before / 1_000_000, sample.at() / 1_000_000));
        }
      }
      sample.readOnly().forEach(server -> lastReadOnly.put(server, sample.at()));
    }
    return violations;
  }

  private static boolean hasRight(String server, long from, long to, Collection<Right> rights) {
    return rights.stream()
        .anyMatch(
            right -> right.server().equals(server) && right.from() <= to && right.to() >= from);
  }
}
