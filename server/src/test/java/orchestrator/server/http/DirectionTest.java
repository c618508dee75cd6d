package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.http.Direction.Forward;
import orchestrator.server.http.Direction.Here;
import orchestrator.server.http.Direction.Nowhere;
import orchestrator.server.http.RouteTable.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DirectionTest {
  private static final String LEADER = "http://n2.example:3000";
  private static final Instant NOW = FakeGroup.CHANGED.plusSeconds(60);

  private static Direction of(Place place, FakeGroup group) {
    return Direction.of(place, group.status(), Optional.empty(), NOW);
  }

  private static Direction forwarded(Place place, FakeGroup group) {
    return Direction.of(place, group.status(), Optional.of("n3"), NOW);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void theReadyLeaderAnswersEverything(Place place) {
    assertThat(of(place, FakeGroup.node(1).leads(LEADER))).isEqualTo(new Here());
    assertThat(forwarded(place, FakeGroup.node(1).leads(LEADER))).isEqualTo(new Here());
  }

  @Test
  void aFollowerForwardsWhatIsNotAboutItself() {
    FakeGroup follower = FakeGroup.node(1).follows("n2", LEADER);
    assertThat(of(Place.LEADER, follower)).isEqualTo(new Forward(URI.create(LEADER)));
    assertThat(of(Place.LEADER_IF_ANY, follower)).isEqualTo(new Forward(URI.create(LEADER)));
    assertThat(of(Place.HERE, follower)).isEqualTo(new Here());
  }

  @Test
  void whatWasForwardedIsNotForwardedAgain() {
    FakeGroup follower = FakeGroup.node(1).follows("n2", LEADER);
    assertThat(forwarded(Place.LEADER, follower))
        .isEqualTo(
            new Nowhere(
                "n3 takes this node for the leader, which it is not. "
                    + "This node, n1, is a follower in term 7. Try again in a moment"));
    assertThat(forwarded(Place.LEADER_IF_ANY, follower)).isEqualTo(new Here());
  }

  @Test
  void withoutALeaderItIsToldSinceWhen() {
    assertThat(of(Place.LEADER, FakeGroup.node(1)))
        .isEqualTo(
            new Nowhere(
                "There is no leader since 2026-01-02T03:04:05Z (no leader is known). "
                    + "This node, n1, is a candidate in term 7. Try again in a moment"));
    assertThat(of(Place.LEADER_IF_ANY, FakeGroup.node(1))).isEqualTo(new Here());
    assertThat(of(Place.HERE, FakeGroup.node(1))).isEqualTo(new Here());
  }

  @Test
  void aLeaderWhoseAddressIsNotKnownIsNamed() {
    assertThat(of(Place.LEADER, FakeGroup.node(1).follows("n2", "")).toString())
        .contains("The leader, n2, has not told yet where it serves");
  }

  @Test
  void aLeaderThatMayNotActForwardsNothingToItself() {
    Direction direction = of(Place.LEADER, FakeGroup.node(1).leads(LEADER).butIsNotReady());
    assertThat(direction).isInstanceOf(Nowhere.class);
    assertThat(direction.toString()).contains("has just been elected, or does not hear a quorum");
  }
}
