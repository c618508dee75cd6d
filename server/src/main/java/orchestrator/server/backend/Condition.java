package orchestrator.server.backend;

import java.util.ArrayList;
import java.util.List;

/** Conditions that all hold. */
final class Condition {
  private final List<String> terms = new ArrayList<>();
  private final List<Object> arguments = new ArrayList<>();

  void add(String term, Object... values) {
    terms.add(term);
    arguments.addAll(List.of(values));
  }

  String where() {
    return terms.isEmpty() ? "" : " WHERE " + String.join(" AND ", terms);
  }

  List<Object> arguments() {
    return arguments;
  }
}
