package orchestrator.sandbox.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.sandbox.history.Operation.Outcome;

/**
 * Commands that each leave a trace of their own in the state: none that was acknowledged is lost,
 * none that was refused shows, none is applied twice.
 */
public final class CommandFates {
  private CommandFates() {}

  /**
   * A command's trace, seen on some node at some time.
   *
   * @param place of the entry that wrote it, in the log
   */
  public record Sighting(String command, String place) {}

  /**
   * @param answered what the clients were told in the end, by command
   * @param before seen while the system was disturbed
   * @param end the whole state at the end
   */
  public static List<String> violations(
      Map<String, Outcome> answered, Collection<Sighting> before, Collection<Sighting> end) {
    List<String> violations = new ArrayList<>();
    Set<String> left = end.stream().map(Sighting::command).collect(Collectors.toSet());
    answered.forEach((command, outcome) -> {
      if (outcome == Outcome.DONE && !left.contains(command)) {
        violations.add(command + " was acknowledged and is lost");
      }
    });
    places(before, end)
        .forEach((command, places) -> {
          if (places.size() > 1) {
            violations.add(command + " was applied more than once: " + places);
          }
          if (!left.contains(command)) {
            violations.add(command + " was seen, and is gone");
          }
          outcomeOf(answered, command)
              .ifPresentOrElse(
                  outcome -> {
                    if (outcome == Outcome.NOT_DONE) {
                      violations.add(command + " was answered as not done, and was applied");
                    }
                  },
                  () -> violations.add(command + " was sent by nobody"));
        });
    return violations;
  }

  private static Optional<Outcome> outcomeOf(Map<String, Outcome> answered, String command) {
    return Optional.ofNullable(answered.get(command));
  }

  private static Map<String, Set<String>> places(
      Collection<Sighting> before, Collection<Sighting> end) {
    return Stream.concat(before.stream(), end.stream())
        .collect(
            Collectors.groupingBy(
                Sighting::command,
                TreeMap::new,
                Collectors.mapping(Sighting::place, Collectors.toCollection(TreeSet::new))));
  }
}
