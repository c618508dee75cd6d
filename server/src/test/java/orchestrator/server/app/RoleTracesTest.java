package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.server.engine.FakeGroup;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus.Role;
import orchestrator.server.observe.Metrics;
import org.junit.jupiter.api.Test;

/** What a change of role leaves behind. */
class RoleTracesTest {
  private final FakeGroup group = FakeGroup.node(1);

  private void becomes(Role from, Role to) {
    group.tell(new RoleChange(from, to, 8, Optional.of("n1"), "two votes of three"));
  }

  @Test
  void everyChangeIsAuditedInOrder() {
    List<String> audited = new CopyOnWriteArrayList<>();
    try (RoleAudit audit =
        new RoleAudit(Optional.of(group), (type, message) -> audited.add(type + " | " + message))) {
      assertThat(audit).isNotNull();
      becomes(Role.FOLLOWER, Role.CANDIDATE);
      becomes(Role.CANDIDATE, Role.LEADER);
    }
    becomes(Role.LEADER, Role.FOLLOWER);
    assertThat(audited)
        .containsExactly(
            "raft-role | n1: Follower → Candidate, term 8, leader n1: two votes of three",
            "raft-role | n1: Candidate → Leader, term 8, leader n1: two votes of three");
  }

  @Test
  void changesAndStatusAreNumbers() {
    try (Metrics metrics = new Metrics()) {
      GroupMetrics numbers = new GroupMetrics(group, metrics);
      becomes(Role.CANDIDATE, Role.LEADER);
      group.leads("http://n1.example:3000");
      numbers.refresh();
      assertThat(metrics.scrape().lines())
          .contains(
              "orchestrator_raft_role_changes_total{role=\"leader\"} 1.0",
              "orchestrator_raft_role_changes_total{role=\"follower\"} 0.0",
              "orchestrator_raft_is_leader 1.0",
              "orchestrator_raft_is_healthy 1.0",
              "orchestrator_raft_term 7.0",
              "orchestrator_raft_index_applied 98.0",
              "orchestrator_raft_voters 3.0",
              "orchestrator_raft_quorum_age_seconds 0.12",
              "orchestrator_raft_follower_entries_behind 3.0");
    }
  }
}
