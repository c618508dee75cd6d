package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

class ProblemTest {
  private static List<String> problems(Consumer<InstanceBuilder> change) {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(1).with("r1", change);
    Topology topology = servers.build();
    return Problem.of(
            topology.find(key("r1")).orElseThrow(),
            topology.errantGtidOf(key("r1")),
            AnalysisPolicy.DEFAULT,
            NOW)
        .stream()
        .map(Problem::displayName)
        .toList();
  }

  @Test
  void aServerThatIsWellHasNone() {
    assertThat(problems(r -> {})).isEmpty();
    assertThat(problems(r -> r.lagSeconds(10))).isEmpty();
    assertThat(problems(InstanceBuilder::withoutReplication)).isEmpty();
  }

  @Test
  void onlyTheFirstOfTheMainProblemsIsListed() {
    assertThat(problems(r -> r.ioThreadStopped().lagSeconds(60).unreachable()))
        .containsExactly("last_check_invalid");
    assertThat(problems(r -> r.ioThreadStopped().lagSeconds(60).seenAt(NOW.minusSeconds(26))))
        .containsExactly("not_recently_checked");
    assertThat(problems(r -> r.ioThreadStopped().lagSeconds(60)))
        .containsExactly("not_replicating");
    assertThat(problems(r -> r.lagSeconds(11))).containsExactly("replication_lag");
  }

  @Test
  void lagIsMeasuredAgainstTheConfiguredDelayBothWays() {
    assertThat(problems(r -> r.delaySeconds(60).lagSeconds(70))).isEmpty();
    assertThat(problems(r -> r.delaySeconds(60).lagSeconds(71))).containsExactly("replication_lag");
    assertThat(problems(r -> r.delaySeconds(60).lagSeconds(49))).containsExactly("replication_lag");
  }

  @Test
  void groupStateIsListedBesides() {
    assertThat(problems(r -> r.unreachable().group("g", "SECONDARY", "ERROR", "m")))
        .containsExactly("last_check_invalid", "group_replication_member_not_online");
  }

  @Test
  void errantTransactionsAreListedBesides() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(1)
            .with("m", m -> m.oracleGtid("00000000-0000-0000-0000-0000000000aa:1-5"))
            .with("r1", r -> r.oracleGtid("00000000-0000-0000-0000-0000000000ff:1").lagSeconds(60));
    Topology topology = servers.build();

    assertThat(
            Problem.of(
                topology.find(key("r1")).orElseThrow(),
                topology.errantGtidOf(key("r1")),
                AnalysisPolicy.DEFAULT,
                NOW))
        .containsExactly(Problem.REPLICATION_LAG, Problem.ERRANT_GTID);
  }
}
