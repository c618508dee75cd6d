package orchestrator.server.config;

import java.util.List;

/** A constant that a file may write in one or several ways, in any case. */
interface NamedChoice {

  /** All spellings with a bar between them, the documented one first. */
  String alternatives();

  /** All spellings, the documented one first. */
  default List<String> spellings() {
    return List.of(alternatives().split("\\|", -1));
  }
}
