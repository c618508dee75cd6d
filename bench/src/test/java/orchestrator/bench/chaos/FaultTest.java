package orchestrator.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import orchestrator.bench.chaos.Fault.Cast;
import orchestrator.bench.chaos.Fault.Target;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final Cast CAST =
      new Cast(
          List.of("n1", "n2", "n3"),
          List.of("s1", "s2", "s3", "s4"),
          Optional.of("n3"),
          Optional.of("s2"));

  @Test
  void rolesAreHitWhoeverHasThem() {
    assertThat(Target.LEADER.among(CAST, 0)).containsExactly("n3");
    assertThat(Target.MASTER.among(CAST, 0)).containsExactly("s2");
    assertThat(Target.LEADER_AND_MASTER.among(CAST, 0)).containsExactly("n3", "s2");
  }

  @Test
  void othersArePicked() {
    assertThat(Target.NODE.among(CAST, 4)).containsExactly("n2");
    assertThat(Target.SERVER.among(CAST, 4)).containsExactly("s1");
    assertThat(Target.NODE_AND_SERVER.among(CAST, 1)).containsExactly("n2", "s2");
  }

  @Test
  void whileNobodyHasTheRoleThePickedOneIsHit() {
    Cast leaderless = new Cast(CAST.nodes(), CAST.servers(), Optional.empty(), CAST.master());
    assertThat(Target.LEADER_AND_MASTER.among(leaderless, 1)).containsExactly("n2", "s2");
  }
}
