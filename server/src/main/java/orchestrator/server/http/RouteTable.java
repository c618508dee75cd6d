package orchestrator.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which endpoint answers which path. A pattern is made of segments: a literal, {@code :name} for
 * one non-empty segment, and in the first place {@code old|new} for several spellings.
 */
final class RouteTable {
  /** What a route may do. */
  enum Access {
    /** Answers, and changes nothing. */
    READ,
    /** Changes something: needs the right to. */
    ACT,
    /** The same, but with {@link Call#DRY_RUN} it only tells what it would do. */
    PLANNED,
    /** The same as ACT, and the whole change is one command, so that its fate can be asked for. */
    COMMAND
  }

  /** Which node of a group answers. */
  enum Place {
    /** The leader, as it alone knows; without one nobody. */
    LEADER,
    /** The leader if there is one, else the node addressed. */
    LEADER_IF_ANY,
    /** The node addressed, as the answer is about itself. */
    HERE
  }

  /** Computes an answer, or throws {@link ApiException}. */
  @FunctionalInterface
  interface Endpoint {
    Answer answer(Call call);
  }

  /** One pattern and what stands behind it. */
  record Route(List<String> segments, Access access, Place place, Endpoint endpoint) {
    Optional<Map<String, String>> match(List<String> path) {
      if (path.size() != segments.size()) {
        return Optional.empty();
      }
      Map<String, String> arguments = new HashMap<>();
      for (int i = 1; i < segments.size(); i++) {
        String segment = segments.get(i);
        String value = path.get(i);
        if (segment.startsWith(":")) {
          if (value.isEmpty()) {
            return Optional.empty();
          }
          arguments.put(segment.substring(1), value);
        } else if (!segment.equals(value)) {
          return Optional.empty();
        }
      }
      return Optional.of(arguments);
    }
  }

  /** A route with the arguments found in a path. */
  record Match(Route route, Map<String, String> arguments) {}

  private final Map<String, List<Route>> byHead = new TreeMap<>();

  RouteTable read(String pattern, Endpoint endpoint) {
    return read(pattern, Place.LEADER, endpoint);
  }

  RouteTable read(String pattern, Place place, Endpoint endpoint) {
    return add(pattern, Access.READ, place, endpoint);
  }

  RouteTable act(String pattern, Endpoint endpoint) {
    return act(pattern, Place.LEADER, endpoint);
  }

  RouteTable act(String pattern, Place place, Endpoint endpoint) {
    return add(pattern, Access.ACT, place, endpoint);
  }

  /** An endpoint that changes something, or tells what it would do when {@link Call#isDryRun}. */
  RouteTable planned(String pattern, Endpoint endpoint) {
    return add(pattern, Access.PLANNED, Place.LEADER, endpoint);
  }

  /** First segments of the endpoints that can tell what they would do. */
  List<String> planned() {
    return byHead.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(r -> r.access() == Access.PLANNED))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** An endpoint that submits one command at most, and changes nothing else. */
  RouteTable command(String pattern, Endpoint endpoint) {
    return add(pattern, Access.COMMAND, Place.LEADER, endpoint);
  }

  private RouteTable add(String pattern, Access access, Place place, Endpoint endpoint) {
    List<String> segments = List.of(pattern.split("/", -1));
    for (String head : segments.getFirst().split("\\|", -1)) {
      byHead
          .computeIfAbsent(head, h -> new ArrayList<>())
          .add(new Route(segments, access, place, endpoint));
    }
    return this;
  }

  /**
   * The first route, in the order of registration, that matches.
   *
   * @param path decoded segments after {@code /api/}, without the empty one of a trailing slash
   */
  Optional<Match> find(List<String> path) {
    for (Route route : byHead.getOrDefault(path.getFirst(), List.of())) {
      Optional<Map<String, String>> arguments = route.match(path);
      if (arguments.isPresent()) {
        return Optional.of(new Match(route, arguments.get()));
      }
    }
    return Optional.empty();
  }

  /** The first segments that are known, sorted. */
  List<String> heads() {
    return List.copyOf(byHead.keySet());
  }
}
