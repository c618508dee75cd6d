package orchestrator.core.relocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Consumer;
import orchestrator.core.relocation.CanReplicate.Policy;
import orchestrator.core.relocation.CanReplicate.Verdict;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.ReplicationBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import org.junit.jupiter.api.Test;

/** Each rule of who may replicate from whom. X is the replica, Y the source. */
class CanReplicateTest {
  private static final String UUID = InstanceBuilder.uuidOf(TopologyBuilder.key("m"));

  private final TopologyBuilder servers =
      new TopologyBuilder()
          .with("m")
          .with("x", x -> x.replicatesFrom("m"))
          .with("y", y -> y.replicatesFrom("m"));
  private Policy policy = Policy.DEFAULT;

  private void x(Consumer<InstanceBuilder> change) {
    servers.with("x", change);
  }

  private void y(Consumer<InstanceBuilder> change) {
    servers.with("y", change);
  }

  private Verdict verdict() {
    return CanReplicate.from(servers.instance("x"), servers.instance("y"), policy);
  }

  private Verdict byGtid() {
    return CanReplicate.byGtid(servers.instance("x"), servers.instance("y"), policy);
  }

  private static void assertRefused(Verdict verdict, String reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class, refused -> assertThat(refused.reason()).contains(reason));
  }

  @Test
  void siblingsCanReplicateFromEachOther() {
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void notFromItself() {
    assertRefused(
        CanReplicate.from(servers.instance("x"), servers.instance("x"), policy), "same server");
  }

  @Test
  void notWithoutBinaryLog() {
    y(InstanceBuilder::withoutBinlog);
    assertRefused(verdict(), "no binary log");
  }

  @Test
  void notFromAReplicaThatDoesNotLogUpdates() {
    y(InstanceBuilder::withoutLogReplicaUpdates);
    assertRefused(verdict(), "does not log what it replicates");
  }

  @Test
  void fromAMasterThatDoesNotLogUpdates() {
    y(y -> y.withoutLogReplicaUpdates().withoutReplication());
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void notFromANewerVersion() {
    y(y -> y.version("8.4.0"));
    assertRefused(verdict(), "is older than the source's 8.4.0");
  }

  @Test
  void fromANewerVersionWithAWarningWhereAllowed() {
    y(y -> y.version("8.4.0"));
    policy = new Policy(true, false, Duration.ofSeconds(20));
    assertThat(verdict())
        .isInstanceOfSatisfying(
            Verdict.Allowed.class, allowed -> assertThat(allowed.warnings()).hasSize(1));
  }

  @Test
  void aPatchLevelDoesNotCount() {
    y(y -> y.version("8.0.40"));
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void aBinlogServerMayBeOlder() {
    x(InstanceBuilder::binlogServer);
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void notWithASmallerFormat() {
    x(x -> x.binlogFormat(BinlogFormat.STATEMENT));
    assertRefused(verdict(), "logs as STATEMENT, the source as ROW");
  }

  @Test
  void withASmallerFormatIfItDoesNotLog() {
    x(x -> x.binlogFormat(BinlogFormat.STATEMENT).withoutBinlog());
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void notFromAFilteringSourceWhereFiltersAreVerified() {
    y(y -> y.replication(ReplicationBuilder::filters));
    assertThat(verdict().isAllowed()).isTrue();
    policy = new Policy(false, true, Duration.ofSeconds(20));
    assertRefused(verdict(), "filters");
  }

  @Test
  void notWithTheSameUuid() {
    x(x -> x.serverUuid(UUID));
    y(y -> y.serverUuid(UUID));
    assertRefused(verdict(), "server_uuid");
  }

  @Test
  void notFromASourceThatIsDelayedMore() {
    y(y -> y.delaySeconds(3600));
    assertRefused(verdict(), "delayed by 3600 s");
  }

  @Test
  void fromASourceThatIsDelayedALittle() {
    y(y -> y.delaySeconds(20));
    assertThat(verdict().isAllowed()).isTrue();
  }

  @Test
  void byGtidOnlyIfItUsesGtids() {
    assertRefused(byGtid(), "does not use GTIDs");
  }

  @Test
  void byGtidIfTheSourceHasAllThatItLacks() {
    x(x -> x.oracleGtid(UUID + ":1-90"));
    y(y -> y.oracleGtid(UUID + ":1-100").purged(UUID + ":1-90"));
    assertThat(byGtid().isAllowed()).isTrue();
  }

  @Test
  void notByGtidIfTheSourceHasPurgedWhatItLacks() {
    x(x -> x.oracleGtid(UUID + ":1-90"));
    y(y -> y.oracleGtid(UUID + ":1-100").purged(UUID + ":1-95"));
    assertRefused(byGtid(), UUID + ":91-95");
  }

  @Test
  void mariaDbReplicatesByGtidFromMariaDbOnly() {
    x(x -> x.mariaDb("11.4.5-MariaDB").mariaDbGtid("0-1-90"));
    y(y -> y.mariaDb("11.4.5-MariaDB").mariaDbGtid("0-1-100"));
    assertThat(byGtid().isAllowed()).isTrue();
    y(y -> y.version("8.0.36").oracleGtid(UUID + ":1-100"));
    assertThat(byGtid().isAllowed()).isFalse();
  }
}
