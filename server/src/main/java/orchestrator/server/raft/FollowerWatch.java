package orchestrator.server.raft;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader does about nodes that lack what it believes them to have: a disk was emptied, or
 * has lost the end of the log.
 *
 * <p>Ratis takes for granted that a node still has whatever it once acknowledged: it would offer it
 * the entries after that for ever, while it asks for those before. So this is forgotten of a node
 * that comes back, and one entry is committed, with which the node tells what it has.
 *
 * <p>One that takes no entries all the same is only reported: another leader would meet the same
 * node, and changing it interrupts commands and recoveries.
 */
final class FollowerWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FollowerWatch.class);
  private static final Duration STUCK = Duration.ofSeconds(10);

  /** What a follower had acknowledged, and since when it has not acknowledged more. */
  private record Progress(long match, long sinceNanos, boolean told) {}

  private final RaftServer.Division division;
  private final Followers followers;
  private final Duration silence;
  private final Runnable commitNothing;
  private final Set<RaftPeerId> away = new HashSet<>();
  private final Map<RaftPeerId, Progress> behind = new HashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * @param commitNothing commits an entry without commands; may wait
   */
  FollowerWatch(
      RaftServer.Division division,
      Followers followers,
      RaftSettings.Timing timing,
      Runnable commitNothing) {
    this.division = division;
    this.followers = followers;
    this.silence = timing.max();
    this.commitNothing = commitNothing;
  }

  void start() {
    Thread.ofVirtual().name("raft-followers").start(this::watch);
  }

  private void watch() {
    try {
      while (!closing.await(silence.toMillis() / 2, TimeUnit.MILLISECONDS)) {
        lookOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOnce() {
    try {
      if (!division.getInfo().isLeaderReady()) {
        away.clear();
        behind.clear();
      } else if (look()) {
        commitNothing.run();
      }
    } catch (RuntimeException e) {
      log.error("Looking at the followers failed; it is tried again", e);
    }
  }

  /** Whether a node has come back. */
  private boolean look() {
    boolean back = false;
    for (FollowerInfo follower : followers.all()) {
      if (Followers.age(follower.getLastRpcResponseTime()).compareTo(silence) > 0) {
        away.add(follower.getId());
        behind.remove(follower.getId());
      } else {
        if (away.remove(follower.getId())) {
          forgetWhatItHad(follower);
          back = true;
        }
        watchProgress(follower);
      }
    }
    return back;
  }

  /** The first of these takes all three back; what to send next is still the best guess. */
  private static void forgetWhatItHad(FollowerInfo follower) {
    long next = follower.getNextIndex();
    follower.setSnapshotIndex(RaftLog.INVALID_LOG_INDEX);
    follower.setNextIndex(next);
  }

  private void watchProgress(FollowerInfo follower) {
    RaftPeerId id = follower.getId();
    long match = follower.getMatchIndex();
    if (match >= division.getRaftLog().getLastCommittedIndex()) {
      behind.remove(id);
      return;
    }
    Progress before = behind.get(id);
    if (before == null || before.match() != match) {
      behind.put(id, new Progress(match, System.nanoTime(), false));
    } else if (!before.told() && System.nanoTime() - before.sinceNanos() > STUCK.toNanos()) {
      behind.put(id, new Progress(match, before.sinceNanos(), true));
      log.error(
          "{} answers, and for {} s has taken none of the entries after {}. Restart it; if that does"
              + " not help, its directory is damaged. {}",
          id,
          STUCK.toSeconds(),
          match,
          GroupDirectory.REJOIN);
    }
  }

  @Override
  public void close() {
    closing.countDown();
  }
}
