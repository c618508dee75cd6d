package orchestrator.sandbox.network;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import orchestrator.sandbox.SandboxException;

/** A link that is up and down by turns. */
public final class Flapping implements AutoCloseable {
  private final CountDownLatch ending = new CountDownLatch(1);
  private final FutureTask<Boolean> turns;

  private Flapping(Duration turn, Consumer<Boolean> setDown) {
    turns =
        new FutureTask<>(() -> {
          boolean down = false;
          do {
            down = !down;
            setDown.accept(down);
          } while (!ending.await(turn.toMillis(), TimeUnit.MILLISECONDS));
          setDown.accept(false);
          return true;
        });
  }

  static Flapping start(Duration turn, Consumer<Boolean> setDown) {
    Flapping flapping = new Flapping(turn, setDown);
    Thread.ofVirtual().name("flapping").start(flapping.turns);
    return flapping;
  }

  /** Stops, with the link up. */
  @Override
  public void close() {
    ending.countDown();
    try {
      turns.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    } catch (ExecutionException e) {
      throw Optional.ofNullable(e.getCause())
          .map(cause -> new SandboxException("Cannot change the network", cause))
          .orElseThrow();
    }
  }
}
