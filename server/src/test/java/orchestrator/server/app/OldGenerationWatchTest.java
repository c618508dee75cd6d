package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OldGenerationWatchTest {
  private static final long MIB = 1L << 20;

  private final AtomicLong used = new AtomicLong();
  private final AtomicLong alive = new AtomicLong();
  private final AtomicInteger collections = new AtomicInteger();
  private final OldGenerationWatch watch =
      new OldGenerationWatch(20 * MIB, used::get, alive::get, this::collect);

  @Test
  void aLargeHeapIsCollectedWhenItHoldsHalfAsMuchAgain() {
    alive.set(100 * MIB);
    used.set(150 * MIB);
    watch.look();
    assertThat(collections).hasValue(0);

    used.set(151 * MIB);
    watch.look();
    assertThat(collections).hasValue(1);

    watch.look();
    assertThat(collections).as("nothing was added since").hasValue(1);
  }

  @Test
  void aSmallHeapIsLeftAloneWithinItsFirstSize() {
    used.set(20 * MIB);
    watch.look();
    assertThat(collections).as("never collected before").hasValue(0);

    alive.set(10 * MIB);
    watch.look();
    assertThat(collections).hasValue(0);

    used.set(21 * MIB);
    watch.look();
    assertThat(collections).hasValue(1);
  }

  @Test
  void theOldGenerationIsFoundWithTheSerialCollector() {
    boolean serial =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .anyMatch(collector -> collector.getName().equals("MarkSweepCompact"));

    assertThat(OldGenerationWatch.oldGeneration().isPresent()).isEqualTo(serial);
  }

  private void collect() {
    collections.incrementAndGet();
    used.set(alive.get());
  }
}
