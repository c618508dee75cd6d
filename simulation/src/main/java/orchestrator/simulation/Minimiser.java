package orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Delta debugging (Zeller and Hildebrandt, 2002): leaves out what is not needed for a failure. */
final class Minimiser {
  private Minimiser() {}

  /**
   * A part of the list that still fails, and of which no single element can be left out.
   *
   * @param fails true for the whole list
   */
  static <T> List<T> minimise(List<T> all, Predicate<List<T>> fails) {
    List<T> rest = all;
    int parts = 2;
    while (rest.size() >= 2) {
      List<T> fewer = without(rest, parts, fails);
      if (fewer.size() < rest.size()) {
        rest = fewer;
        parts = Math.max(parts - 1, 2);
      } else if (parts >= rest.size()) {
        break;
      } else {
        parts = Math.min(parts * 2, rest.size());
      }
    }
    return rest.size() == 1 && fails.test(List.of()) ? List.of() : rest;
  }

  private static <T> List<T> without(List<T> all, int parts, Predicate<List<T>> fails) {
    for (int part = 0; part < parts; part++) {
      int from = all.size() * part / parts;
      int to = all.size() * (part + 1) / parts;
      List<T> rest = new ArrayList<>(all.subList(0, from));
      rest.addAll(all.subList(to, all.size()));
      if (rest.size() < all.size() && fails.test(rest)) {
        return rest;
      }
    }
    return all;
  }
}
