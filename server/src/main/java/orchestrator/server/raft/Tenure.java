package orchestrator.server.raft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * When leaders came and went, as Ratis tells it: the moments that a role seen from outside cannot
 * give.
 */
final class Tenure implements CommandMachine.Happenings {
  private final RaftSettings.Timing timing;
  private final CopyOnWriteArrayList<Runnable> alarms = new CopyOnWriteArrayList<>();
  private volatile long leaderSinceNanos = System.nanoTime();
  private volatile Optional<RaftPeerId> leader = Optional.empty();

  Tenure(RaftSettings.Timing timing) {
    this.timing = timing;
  }

  /** Called when something may have changed; must return at once. */
  void onAlarm(Runnable alarm) {
    alarms.add(alarm);
  }

  /**
   * Whether a leader before the present one can still believe that it leads. Its last message that
   * a majority answered was sent before that majority voted, and it trusts in it for the lease.
   */
  boolean isFormerLeaseOver() {
    return System.nanoTime() - leaderSinceNanos >= timing.lease().toNanos();
  }

  /** How long this leader, or none, has been there. */
  Duration sinceChange() {
    return Duration.ofNanos(System.nanoTime() - leaderSinceNanos);
  }

  @Override
  public void onLeader(RaftPeerId newLeader) {
    leaderSinceNanos = System.nanoTime();
    leader = Optional.of(newLeader);
    alarm();
  }

  /** The latest leader that was heard of. */
  Optional<RaftPeerId> latestLeader() {
    return leader;
  }

  @Override
  public void onNotLeader() {
    alarm();
  }

  @Override
  public void onReady() {
    alarm();
  }

  @Override
  public void onMembers() {
    alarm();
  }

  private void alarm() {
    alarms.forEach(Runnable::run);
  }
}
