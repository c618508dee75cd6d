package orchestrator.server.engine.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.state.Command;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus.Role;
import org.junit.jupiter.api.Test;

/** Who serves is known to the group, and who was removed is forgotten. */
class IntroductionTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private final FakeRaft raft = new FakeRaft();
  private final FakeRaft.Member member = raft.member();
  private final FakeGroup group = FakeGroup.node(1);

  private static ManagerNode node(String name) {
    return new ManagerNode(name, "http://" + name + ":3000", "dc1", "1.0");
  }

  @Test
  void aNewLeaderIntroducesItselfAndHasThoseForgottenThatWereRemoved() {
    raft.jump(
        FakeRaft.stateOf(
            List.of(
                new Command.AnnounceNode(node("n2")), new Command.AnnounceNode(node("removed")))));
    Introduction.begin(member, group, node("n1"));
    assertThat(member.submissions()).as("it does not lead").isEmpty();

    raft.lead(member);
    group.leads("http://n1:3000");
    group.tell(new RoleChange(Role.CANDIDATE, Role.LEADER, 7, Optional.of("n1"), "elected"));

    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(raft.state().nodes()).containsOnlyKeys("n1", "n2"));
  }
}
