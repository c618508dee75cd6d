package orchestrator.server.raft;

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
 * have {@link #BEGINNING} entries this is no such group.
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

  private final Supplier<TermIndex> applied;
  private final Runnable onEnd;
  private boolean active;
  private boolean groupHasLog;
  private boolean told;
  private long leaderTerm = -1;
  private long needed = -1;

  /**
   * @param active whether there is something to prove
   * @param applied the last entry that this node applied
   * @param onEnd makes it known to the next start
   */
  Probation(boolean active, Supplier<TermIndex> applied, Runnable onEnd) {
    this.active = active;
    this.applied = applied;
    this.onEnd = onEnd;
  }

  /**
   * Whether this node may take part in the election of a candidate, be it this node itself.
   *
   * @param last the index of the candidate's last entry; 0 also if it has none
   */
  synchronized boolean mayElect(long last) {
    sawLog(last);
    boolean may = !isActive() || !groupHasLog;
    if (!may && !told) {
      told = true;
      log.warn(
          "The directory of this node was empty, and its group is not new: it takes part in no"
              + " election until a leader has sent it what it may have lost");
    }
    return may;
  }

  /** Another node told of its last entry. */
  synchronized void sawLog(long last) {
    groupHasLog |= last >= BEGINNING;
  }

  /**
   * The leader of this term sent something.
   *
   * @param committed what it has committed
   * @param before the last entry that it believes this node to have
   */
  synchronized void onLeader(long term, long committed, long before) {
    sawLog(committed);
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
