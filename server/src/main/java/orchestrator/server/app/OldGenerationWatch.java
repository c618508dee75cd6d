package orchestrator.server.app;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the heap collected when its old generation holds half as much again as was alive. The serial
 * collector itself does so only before the heap would exceed its maximum, by default a quarter of
 * the machine's memory; and a leader that takes many commands moves objects there that are garbage
 * a few seconds later.
 */
final class OldGenerationWatch implements AutoCloseable {
  /**
   * Also the shortest time between two collections: each stops the node for some 70 ms with 20 MiB
   * alive, and for up to 350 ms where the processors are saturated.
   */
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private static final String OLD_GENERATION_OF_SERIAL = "Tenured Gen";

  private final long initialBytes;
  private final LongSupplier usedBytes;
  private final LongSupplier aliveBytes;
  private final Runnable collection;
  private final Rounds rounds = new Rounds("old-generation", PERIOD, this::look);

  /**
   * @param initialBytes its size at the start, which it never goes below
   * @param usedBytes what the old generation holds
   * @param aliveBytes what it held after it was collected last; 0 when it never was
   */
  OldGenerationWatch(
      long initialBytes, LongSupplier usedBytes, LongSupplier aliveBytes, Runnable collection) {
    this.initialBytes = initialBytes;
    this.usedBytes = usedBytes;
    this.aliveBytes = aliveBytes;
    this.collection = collection;
  }

  /** Does nothing when another collector is in use: those need no help. */
  static OldGenerationWatch ofThisProcess() {
    return oldGeneration()
        .map(OldGenerationWatch::of)
        .orElseGet(() -> new OldGenerationWatch(0, () -> 0, () -> 0, () -> {}));
  }

  /** Empty when the collector is not the serial one. */
  static Optional<MemoryPoolMXBean> oldGeneration() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals(OLD_GENERATION_OF_SERIAL))
        .findAny();
  }

  private static OldGenerationWatch of(MemoryPoolMXBean pool) {
    return new OldGenerationWatch(
        pool.getUsage().getInit(),
        () -> bytes(pool.getUsage()),
        () -> bytes(pool.getCollectionUsage()),
        System::gc);
  }

  private static long bytes(@Nullable MemoryUsage usage) {
    return usage == null ? 0 : usage.getUsed();
  }

  /** Looks now and then, from now on. */
  void start() {
    rounds.start();
  }

  void look() {
    long alive = aliveBytes.getAsLong();
    if (usedBytes.getAsLong() > Math.max(initialBytes, alive + alive / 2)) {
      collection.run();
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
