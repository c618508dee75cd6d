package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import orchestrator.sandbox.history.Operation;
import orchestrator.sandbox.history.Operation.Action;
import orchestrator.sandbox.history.Operation.Outcome;
import orchestrator.sandbox.history.Operation.Read;
import orchestrator.sandbox.history.Operation.Value;
import orchestrator.sandbox.history.Operation.Write;

/** Reads, writes and deletes a few key-values through any node, one operation after the other. */
final class RegisterClient {
  /** Then others are used: short histories are checked quickly. */
  private static final Duration USED_FOR = Duration.ofSeconds(20);

  private static final int AT_A_TIME = 2;
  private static final Duration FATE_LIMIT = Duration.ofSeconds(5);

  private static final Duration FATE_PAUSE = Duration.ofMillis(200);

  private final String name;
  private final Api api;
  private final History history;
  private final RandomGenerator random;
  private int written;

  RegisterClient(String name, Api api, History history, RandomGenerator random) {
    this.name = name;
    this.api = api;
    this.history = history;
    this.random = random;
  }

  /** One operation. Of one thread. */
  void act() {
    long epoch = history.clock().now() / USED_FOR.toNanos();
    String key = "reg-" + epoch + "-" + random.nextInt(AT_A_TIME);
    int dice = random.nextInt(20);
    if (dice < 9) {
      read(key);
    } else if (dice < 19) {
      String value = name + "-" + ++written;
      change(key, new Write(Value.of(value)), "put-key-value/" + key + "/" + value);
    } else {
      change(key, new Write(Value.NONE), "delete-key-value/" + key);
    }
  }

  private void read(String key) {
    long invoked = history.clock().now();
    // A read that was not answered says nothing.
    api.get(api.anyNode(), "key-values?prefix=" + key)
        .ifPresent(rows -> {
          Value found = Value.NONE;
          for (var row : rows) {
            if (row.path("Key").asString("").equals(key)) {
              found = Value.of(row.path("Value").asString(""));
            }
          }
          record(key, new Read(found), invoked, Outcome.DONE);
        });
  }

  private void change(String key, Action action, String path) {
    long invoked = history.clock().now();
    CommandAnswer answer = api.command(api.anyNode(), path);
    Outcome outcome = answer.commandId().map(this::fateOf).orElse(answer.outcome());
    record(key, action, invoked, outcome);
  }

  private Outcome fateOf(String commandId) {
    long end = System.nanoTime() + FATE_LIMIT.toNanos();
    Optional<Outcome> decided = Optional.empty();
    while (decided.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(FATE_PAUSE.toNanos());
      decided = Optional.of(api.fateOf(commandId)).filter(fate -> fate != Outcome.UNKNOWN);
    }
    return decided.orElse(Outcome.UNKNOWN);
  }

  private void record(String key, Action action, long invoked, Outcome outcome) {
    history.operations.add(
        new Operation(name, key, action, invoked, history.clock().now(), outcome));
  }
}
