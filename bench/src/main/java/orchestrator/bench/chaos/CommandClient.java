package orchestrator.bench.chaos;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import orchestrator.sandbox.history.Operation.Outcome;

/**
 * Sends commands through any node, each with a trace of its own. What came of one that was answered
 * "unknown" is asked afterwards.
 */
final class CommandClient {
  /** Of the keys that are the traces. */
  static final String PREFIX = "cmd-";

  private final Api api;
  private final History history;
  private final Queue<Open> open = new ConcurrentLinkedQueue<>();
  private int last;

  /** One whose fate is not known yet. */
  private record Open(String command, String id) {}

  CommandClient(Api api, History history) {
    this.api = api;
    this.history = history;
  }

  /** Sends the next one. Of one thread. */
  void send() {
    String key = PREFIX + ++last;
    // Whoever looks before the answer is there finds a command that was sent.
    history.commands.put(key, Outcome.UNKNOWN);
    CommandAnswer answer = api.command(api.anyNode(), "put-key-value/" + key + "/v");
    history.commands.put(key, answer.outcome());
    answer.commandId().ifPresent(id -> open.add(new Open(key, id)));
  }

  /** Asks for the fate of one. */
  void askAgain() {
    Optional<Open> oldest = Optional.ofNullable(open.poll());
    oldest.ifPresent(command -> {
      Outcome fate = api.fateOf(command.id());
      history.commands.put(command.command(), fate);
      if (fate == Outcome.UNKNOWN) {
        open.add(command);
      }
    });
  }

  /** Asks once for each that is open, when all is well again. */
  void askForAll() {
    for (int i = open.size(); i > 0; i--) {
      askAgain();
    }
  }
}
