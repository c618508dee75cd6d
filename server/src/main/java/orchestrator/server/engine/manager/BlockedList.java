package orchestrator.server.engine.manager;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.BlockedRecovery;

/** The automatic recoveries that something holds back just now: for people to see. */
final class BlockedList {
  /** The detector comes back each second; what it does not repeat is over. */
  private static final Duration SHOWN = Duration.ofSeconds(3);

  private final InstantSource clock;
  private final Consumer<List<BlockedRecovery>> show;
  private final Map<InstanceKey, BlockedRecovery> blocked = new HashMap<>();

  BlockedList(InstantSource clock, Consumer<List<BlockedRecovery>> show) {
    this.clock = clock;
    this.show = show;
  }

  synchronized void note(BlockedRecovery recovery) {
    blocked.put(recovery.failed(), recovery);
    showAll();
  }

  synchronized void prune() {
    if (blocked.values().removeIf(b -> b.lastBlocked().plus(SHOWN).isBefore(clock.instant()))) {
      showAll();
    }
  }

  private void showAll() {
    show.accept(
        blocked.values().stream()
            .sorted(Comparator.comparing(BlockedRecovery::lastBlocked).reversed())
            .toList());
  }
}
