package orchestrator.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.sandbox.network.Loss;

/** What several faults of links at the same time come to. */
final class BadLinks {
  private static final int ALL = 100;
  private static final int THIRD = 33;

  private BadLinks() {}

  /**
   * Those that were hit together still reach each other.
   *
   * @param sites all there are
   * @param active the sites that each fault has hit
   */
  static List<Loss> of(List<String> sites, Map<Fault, Set<String>> active) {
    List<Loss> losses = new ArrayList<>();
    for (String from : sites) {
      for (String to : sites) {
        int worst =
            active.entrySet().stream()
                .mapToInt(fault -> percent(fault.getKey().kind(), fault.getValue(), from, to))
                .max()
                .orElse(0);
        if (worst > 0) {
          losses.add(new Loss(from, to, worst));
        }
      }
    }
    return losses;
  }

  /**
   * Those whose links are slow.
   *
   * @param active the sites that each fault has hit
   */
  static Set<String> slow(Map<Fault, Set<String>> active) {
    return active.entrySet().stream()
        .filter(entry -> entry.getKey().kind() == Fault.Kind.SLOW)
        .flatMap(entry -> entry.getValue().stream())
        .collect(Collectors.toSet());
  }

  private static int percent(Fault.Kind kind, Set<String> hit, String from, String to) {
    boolean leaves = hit.contains(from) && !hit.contains(to);
    boolean enters = hit.contains(to) && !hit.contains(from);
    return switch (kind) {
      case CUT -> leaves || enters ? ALL : 0;
      case DEAFEN -> enters ? ALL : 0;
      case MUTE -> leaves ? ALL : 0;
      case LOSE -> leaves || enters ? THIRD : 0;
      case SLOW, KILL, FREEZE, STOP -> 0;
    };
  }
}
