package orchestrator.server.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.util.Timestamp;
import org.junit.jupiter.api.Test;

/** How long a leader trusts in its lead, and how long its successor waits. */
class LeaseTest {
  private static final RaftPeerId SELF = RaftPeerId.valueOf("a");
  private static final RaftPeerId OTHER = RaftPeerId.valueOf("b");
  private static final RaftPeerId THIRD = RaftPeerId.valueOf("c");
  private static final List<RaftPeerId> VOTERS = List.of(SELF, OTHER, THIRD);
  private static final RaftSettings.Timing TIMING =
      new RaftSettings.Timing(Duration.ofMillis(400), Duration.ofMillis(800));

  private final Followers followers = new Followers();
  private final FollowerInfo answering = known(OTHER);

  /** Ratis notes the time of every answer, whatever it says. */
  @SuppressWarnings("ReferenceEquality")
  private FollowerInfo known(RaftPeerId id) {
    FollowerInfo follower =
        (FollowerInfo)
            Proxy.newProxyInstance(
                FollowerInfo.class.getClassLoader(),
                new Class<?>[] {FollowerInfo.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getId" -> id;
                      case "equals" -> proxy == arguments[0];
                      case "getLastRespondedAppendEntriesSendTime" -> Timestamp.currentTime();
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    followers.add(follower);
    return follower;
  }

  private final LeaderState ratis =
      (LeaderState)
          Proxy.newProxyInstance(
              LeaderState.class.getClassLoader(),
              new Class<?>[] {LeaderState.class},
              (proxy, method, arguments) ->
                  method.getReturnType().equals(boolean.class) ? Boolean.TRUE : null);

  @Test
  void onlyAnAnswerThatAcceptsTheLeaderProlongsItsLease() {
    LeaderState leader = followers.confirmedThrough(ratis);

    assertThat(followers.sinceQuorum(VOTERS, SELF)).isEqualTo(Followers.FOREVER);
    assertThat(leader.onFollowerTerm(answering, 9)).isTrue();
    assertThat(followers.knowTermAfter(8)).as("it ends the lead at once").isTrue();
    assertThat(followers.knowTermAfter(9)).as("but not the next one").isFalse();
    leader.checkHealth(answering);
    assertThat(followers.sinceQuorum(VOTERS, SELF))
        .as("a refusal by a node that follows another leader")
        .isEqualTo(Followers.FOREVER);

    leader.onFollowerCommitIndex(answering, 7);
    assertThat(followers.sinceQuorum(VOTERS, SELF)).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void oneWhoseVotersHaveAllAnsweredNeedNotWaitForItsPredecessor() {
    LeaderState leader = followers.confirmedThrough(ratis);
    FollowerInfo third = known(THIRD);
    leader.onFollowerCommitIndex(answering, 7);
    leader.onFollowerTerm(third, 3);
    assertThat(followers.areConfirmedByAll(VOTERS, SELF)).as("one refused").isFalse();
    leader.onFollowerCommitIndex(third, 7);
    assertThat(followers.areConfirmedByAll(VOTERS, SELF)).isTrue();
  }

  @Test
  void whatAnEarlierLeadWasAnsweredDoesNotCount() {
    LeaderState leader = followers.confirmedThrough(ratis);
    FollowerInfo third = known(THIRD);
    leader.onFollowerCommitIndex(answering, 7);
    leader.onFollowerCommitIndex(third, 7);
    FollowerInfo anew = known(THIRD);
    assertThat(followers.areConfirmedByAll(VOTERS, SELF)).isFalse();
    leader.onFollowerCommitIndex(third, 8);
    assertThat(followers.areConfirmedByAll(VOTERS, SELF)).as("it comes late").isFalse();
    leader.onFollowerCommitIndex(anew, 8);
    assertThat(followers.areConfirmedByAll(VOTERS, SELF)).isTrue();
  }

  @Test
  void aNewLeaderWaitsLongerThanItsPredecessorTrusts() {
    assertThat(TIMING.lease()).isLessThan(TIMING.min());
    Tenure tenure = new Tenure(TIMING);
    tenure.begin();
    long begun = System.nanoTime();
    await().pollInterval(Duration.ofMillis(5)).until(tenure::isFormerLeaseOver);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(TIMING.lease());
  }
}
