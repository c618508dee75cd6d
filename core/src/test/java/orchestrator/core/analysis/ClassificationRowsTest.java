package orchestrator.core.analysis;

import static orchestrator.core.analysis.AnalysisCode.*;
import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the list of verdicts, with the rows beside it that must not win. In all of them
 * {@code m} is a master with replicas {@code r1} …, {@code i} an intermediate master below {@code
 * top}, {@code a} and {@code b} co-masters.
 */
class ClassificationRowsTest {
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT
          .withEnforceExactSemiSyncReplicas(true)
          .withRecoverNonWriteableMaster(true);

  static Stream<ClassificationRow> rows() {
    return Stream.of(
            MasterRows.silent(),
            MasterRows.live(),
            OtherRows.coMasterRows(),
            OtherRows.intermediateMasterRows(),
            OtherRows.replicaRows(),
            OtherRows.groupRows())
        .flatMap(rows -> rows);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theFirstRowThatHoldsIsTheVerdict(ClassificationRow row) {
    Diagnosis diagnosis =
        Analysis.diagnose(
                key(row.subject()),
                row.servers().build(),
                new States().build(),
                StaleCoordinates.NONE,
                POLICY,
                NOW)
            .orElseThrow();

    assertThat(diagnosis.code()).isEqualTo(row.expected());
    assertThat(diagnosis.description().isEmpty()).isEqualTo(row.expected() == NO_PROBLEM);
  }

  @Test
  void everyVerdictIsReached() {
    Set<AnalysisCode> reached = rows().map(ClassificationRow::expected).collect(Collectors.toSet());
    reached.add(LOCKED_SEMI_SYNC_MASTER); // below: it needs coordinates

    assertThat(EnumSet.complementOf(EnumSet.copyOf(reached)))
        .containsExactly(MASTER_WITHOUT_REPLICAS);
  }

  @Test
  void aWaitingMasterThatHasNotMovedForLongIsLocked() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.semiSyncMaster(true, 2, 1));
    BinlogCoordinates here = servers.instance("m").binlog().position().orElseThrow();
    StaleCoordinates atLimit = StaleCoordinates.NONE.with(key("m"), here, NOW.minusSeconds(10));
    StaleCoordinates beyond = StaleCoordinates.NONE.with(key("m"), here, NOW.minusSeconds(11));

    assertThat(code(servers, atLimit)).isEqualTo(LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS);
    assertThat(code(servers, beyond)).isEqualTo(LOCKED_SEMI_SYNC_MASTER);
    servers.with("m", m -> m.binlogPosition(here.logFile(), here.logPos() + 1));
    assertThat(code(servers, beyond)).isEqualTo(LOCKED_SEMI_SYNC_MASTER_HYPOTHESIS);
  }

  @Test
  void optionalVerdictsNeedTheirKeys() {
    TopologyBuilder tooMany =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.semiSyncMaster(true, 1, 2));
    TopologyBuilder readOnly =
        TopologyBuilder.masterWithReplicas(2).with("m", InstanceBuilder::readOnly);

    assertThat(codeByDefault(tooMany)).isEqualTo(NO_PROBLEM);
    assertThat(codeByDefault(readOnly)).isEqualTo(NO_PROBLEM);
  }

  private static AnalysisCode code(TopologyBuilder servers, StaleCoordinates stale) {
    return Analysis.diagnose(key("m"), servers.build(), new States().build(), stale, POLICY, NOW)
        .orElseThrow()
        .code();
  }

  private static AnalysisCode codeByDefault(TopologyBuilder servers) {
    return Analysis.diagnose(
            key("m"),
            servers.build(),
            new States().build(),
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            NOW)
        .orElseThrow()
        .code();
  }
}
