package orchestrator.bench.chaos;

import java.util.Optional;
import orchestrator.sandbox.history.Operation.Outcome;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the answer to a command means to a client that believes the documents.
 *
 * @param commandId by which its fate can be asked; empty where there is nothing to ask
 */
record CommandAnswer(Outcome outcome, Optional<String> commandId) {
  private static final int OK = 200;
  private static final int BAD_GATEWAY = 502;

  /** Nothing came back. */
  static final CommandAnswer NONE = new CommandAnswer(Outcome.UNKNOWN, Optional.empty());

  /** No connection came about. */
  static final CommandAnswer UNSENT = new CommandAnswer(Outcome.NOT_DONE, Optional.empty());

  /** The answer to the command itself. */
  static CommandAnswer of(int status, String body) {
    if (status == OK) {
      return new CommandAnswer(Outcome.DONE, Optional.empty());
    }
    Optional<String> id = field(body, "/Details/CommandId");
    if (id.isPresent()) {
      return new CommandAnswer(Outcome.UNKNOWN, id);
    }
    // A node that passed the command on lost the one that was to answer it.
    return status == BAD_GATEWAY ? NONE : UNSENT;
  }

  /** What came of a command, as it is told afterwards. */
  static Outcome fateOf(int status, String body) {
    if (status != OK) {
      return Outcome.UNKNOWN;
    }
    return switch (field(body, "/Fate").orElse("")) {
      case "DONE" -> Outcome.DONE;
      case "REFUSED", "NOT_DONE" -> Outcome.NOT_DONE;
      default -> Outcome.UNKNOWN;
    };
  }

  private static Optional<String> field(String body, String pointer) {
    try {
      return Optional.of(JsonMapper.shared().readTree(body).at(pointer).asString(""))
          .filter(text -> !text.isEmpty());
    } catch (JacksonException e) {
      return Optional.empty(); // cut short
    }
  }
}
