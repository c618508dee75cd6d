package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.mysql.ReplicaList.DumpThread;
import orchestrator.server.mysql.ReplicaList.Registered;
import orchestrator.server.mysql.TopologyAccess.Discovery;
import org.junit.jupiter.api.Test;

class ReplicaListTest {
  private static final InstanceKey SELF = new InstanceKey("source", 3306);

  private static Set<InstanceKey> join(
      boolean preferRegistered, List<Registered> registered, List<DumpThread> threads) {
    Discovery discovery =
        new Discovery(
            preferRegistered,
            key -> key.hostname().equals("ignored"),
            user -> user.equals("backup"),
            Duration.ofSeconds(10));
    return new ReplicaList(discovery, host -> host.equals("10.0.0.2") ? "b" : host)
        .join(SELF, registered, threads);
  }

  @Test
  void assumesTheSourcesPortWhenOnlyTheConnectionIsKnown() {
    assertThat(join(false, List.of(), List.of(new DumpThread("b", "repl"))))
        .containsExactly(new InstanceKey("b", 3306));
  }

  @Test
  void takesThePortFromTheRegistrationOfTheSameHost() {
    assertThat(
            join(
                false,
                List.of(new Registered("b", 3307, ""), new Registered("c", 3308, "")),
                List.of(new DumpThread("10.0.0.2", "repl"))))
        .containsExactly(new InstanceKey("b", 3307));
  }

  @Test
  void takesThePortOfANamelessRegistration() {
    assertThat(
            join(
                false, List.of(new Registered("", 3307, "")), List.of(new DumpThread("b", "repl"))))
        .containsExactly(new InstanceKey("b", 3307));
  }

  @Test
  void findsSeveralReplicasOnOneHost() {
    assertThat(
            join(
                false,
                List.of(new Registered("b", 3307, ""), new Registered("b", 3308, "")),
                List.of(new DumpThread("b", "repl"))))
        .containsExactlyInAnyOrder(new InstanceKey("b", 3307), new InstanceKey("b", 3308));
  }

  @Test
  void prefersRegistrationsWhenToldSo() {
    assertThat(
            join(
                true,
                List.of(new Registered("b", 3307, "")),
                List.of(new DumpThread("elsewhere", "repl"))))
        .containsExactly(new InstanceKey("b", 3307));
  }

  @Test
  void fallsBackToConnectionsWhenNobodyRegisteredWithAName() {
    assertThat(
            join(true, List.of(new Registered("", 3307, "")), List.of(new DumpThread("b", "repl"))))
        .containsExactly(new InstanceKey("b", 3307));
  }

  @Test
  void guessesNoPortWhereReplicasRegister() {
    assertThat(join(true, List.of(), List.of(new DumpThread("b", "repl")))).isEmpty();
  }

  @Test
  void leavesOutFilteredReplicasAndTheServerItself() {
    assertThat(
            join(
                false,
                List.of(new Registered("ignored", 3306, "")),
                List.of(
                    new DumpThread("ignored", "repl"),
                    new DumpThread("b", "backup"),
                    new DumpThread("source", "repl"))))
        .isEmpty();
  }
}
