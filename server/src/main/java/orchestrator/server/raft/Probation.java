package orchestrator.server.raft;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node that began with an empty directory out of elections until it has all that its group
 * has committed. The node may have been emptied: then the group counts on entries and votes that it
 * has forgotten, and with its vote one that lacks them could be elected.
 *
 * <p>In a group that begins all logs are short, and all may vote. As soon as anybody is seen to
 * have {@link #BEGINNING} entries this is no such group. So nobody stands for election before all
 * others were heard: several nodes may have been emptied, and the one that has the log may be the
 * last to answer. Only who stays silent for {@link #ABSENCE} is not waited for.
 *
 * <p>It ends when this node has applied an entry of the term of a leader, and all that this leader
 * had committed, or believed this node to have, when it was first heard: whatever this node may
 * once have helped to commit comes before that. (Whoever is heard first is taken for the present
 * leader. One that was deposed long ago, wakes in this moment and reaches this node alone would
 * find a majority in it; only a node that is removed and added again is safe from that.)
 */
final class Probation {
  private static final Logger log = LoggerFactory.getLogger(Probation.class);

  /**
   * Not 1: each leader writes an entry, and some may come and go before one of them reaches anybody
   * else. If those who have none refused them, nobody would ever lead.
   */
  static final long BEGINNING = 100;

  /**
   * How long a group that begins waits for those who are not there, from when it could elect.
   * Enough for a node that is started with the others; people wait for it at the first start only.
   */
  static final Duration ABSENCE = Duration.ofSeconds(10);

  /** For answers that are on their way: the others' came first, and make a majority. */
  private static final Duration BRIEFLY = Duration.ofMillis(100);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private final Supplier<TermIndex> applied;
  private final Runnable onEnd;
  private final LongSupplier nanoTime;
  private final Set<String> unheard;
  private boolean active;
  private boolean groupHasLog;
  private boolean told;
  private Set<String> waitToldOf = Set.of();
  private long leaderTerm = -1;
  private long needed = -1;
  private OptionalLong waitingSince = OptionalLong.empty();

  /**
   * @param active whether there is something to prove
   * @param others the names of the other voters, as this node's settings have them
   * @param applied the last entry that this node applied
   * @param onEnd makes it known to the next start
   * @param nanoTime as {@link System#nanoTime}
   */
  Probation(
      boolean active,
      Set<String> others,
      Supplier<TermIndex> applied,
      Runnable onEnd,
      LongSupplier nanoTime) {
    this.active = active;
    this.unheard = new TreeSet<>(others);
    this.applied = applied;
    this.onEnd = onEnd;
    this.nanoTime = nanoTime;
  }

  /**
   * Whether this node may say what it thinks of a candidate, be it this node itself.
   *
   * @param last the index of the candidate's last entry; 0 also if it has none
   */
  synchronized boolean mayElect(long last) {
    groupHasLog |= last >= BEGINNING;
    boolean may = !isActive() || !groupHasLog;
    if (!may && !told) {
      told = true;
      log.warn(
          "The directory of this node was empty, and its group is not new: it takes part in no"
              + " election until a leader has sent it what it may have lost");
    }
    return may;
  }

  /**
   * Whether this node, which a majority would elect, may ask for their votes. Waits for a moment
   * where only an answer is missing, or the end of the probation.
   *
   * @param last the index of its own last entry; 0 also if it has none
   */
  boolean mayStand(long last) {
    long began = System.nanoTime();
    while (mayElect(last) && isWaiting()) {
      if (System.nanoTime() - began > BRIEFLY.toNanos() || Thread.currentThread().isInterrupted()) {
        tellWhoIsMissing();
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    return mayElect(last);
  }

  private synchronized boolean isWaiting() {
    return isActive() && !unheard.isEmpty() && !isAbsenceOver();
  }

  private boolean isAbsenceOver() {
    if (waitingSince.isEmpty()) {
      waitingSince = OptionalLong.of(nanoTime.getAsLong());
    }
    boolean over = nanoTime.getAsLong() - waitingSince.getAsLong() >= ABSENCE.toNanos();
    if (over) {
      log.warn("Nothing was heard of {}: a new group may begin without them", unheard);
      unheard.clear();
    }
    return over;
  }

  private synchronized void tellWhoIsMissing() {
    if (!waitToldOf.equals(unheard)) {
      waitToldOf = Set.copyOf(unheard);
      log.info(
          "The directory of this node was empty. Before a new group begins without {}, there are"
              + " {} s for them to say that it is not new",
          unheard,
          ABSENCE.toSeconds());
    }
  }

  /**
   * Another node told of its last entry.
   *
   * @param last its index; 0 also if it has none
   */
  synchronized void heard(String node, long last) {
    groupHasLog |= last >= BEGINNING;
    unheard.remove(node);
  }

  /**
   * The leader of this term sent something.
   *
   * @param committed what it has committed
   * @param before the last entry that it believes this node to have
   */
  synchronized void onLeader(long term, long committed, long before) {
    groupHasLog |= committed >= BEGINNING;
    if (active && term > leaderTerm) {
      leaderTerm = term;
      needed = Math.max(committed, before);
    }
    isActive();
  }

  private boolean isActive() {
    if (active && leaderTerm >= 0) {
      TermIndex last = applied.get();
      if (last.getTerm() >= leaderTerm && last.getIndex() >= needed) {
        end("It has what the leader of term " + leaderTerm + " had when it was first heard");
      }
    }
    return active;
  }

  /** This node leads: those who elected it had nothing either. */
  synchronized void onLeading() {
    if (active) {
      end("It leads a group that begins");
    }
  }

  private void end(String why) {
    active = false;
    onEnd.run();
    log.info("{}: from now on this node, whose directory was empty, votes", why);
  }
}
