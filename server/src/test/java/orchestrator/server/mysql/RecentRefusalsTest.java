package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;

/** A dead name must not cost each replica that gets a new source a wait of its own. */
class RecentRefusalsTest {
  private static final InstanceKey SERVER = new InstanceKey("db1", 3306);
  private static final InstanceKey NAME = new InstanceKey("writer", 3306);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final RecentRefusals refusals = new RecentRefusals(now::get);

  @Test
  void aRefusalCountsForSomeSeconds() {
    assertThat(refusals.isRecent(SERVER, NAME)).isFalse();
    refusals.add(SERVER, NAME);
    now.addAndGet(RecentRefusals.KEPT.toNanos() - 1);
    assertThat(refusals.isRecent(SERVER, NAME)).isTrue();
    now.addAndGet(1);
    assertThat(refusals.isRecent(SERVER, NAME)).isFalse();
  }

  @Test
  void aRefusalIsOfThatServerUnderThatName() {
    refusals.add(SERVER, NAME);
    assertThat(refusals.isRecent(new InstanceKey("db2", 3306), NAME)).isFalse();
    assertThat(refusals.isRecent(SERVER, new InstanceKey("other", 3306))).isFalse();
  }
}
