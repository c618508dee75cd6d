package orchestrator.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.core.analysis.AnalysisCode;
import orchestrator.core.facts.RecoveryKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every diagnosis that calls for a recovery has one, and only those. */
class RecoveryKindTest {
  @ParameterizedTest
  @EnumSource(AnalysisCode.class)
  void aDiagnosisIsActionableWhenARecoveryAnswersIt(AnalysisCode code) {
    assertThat(RecoveryKind.ofAnalysis(code.displayName()).isPresent())
        .isEqualTo(code.recoveryFunction().isActionable());
  }

  @ParameterizedTest
  @EnumSource(AnalysisCode.class)
  void theKindIsWhatTheDiagnosisCallsFor(AnalysisCode code) {
    RecoveryKind.ofAnalysis(code.displayName())
        .ifPresent(kind ->
            assertThat(kind)
                .isEqualTo(
                    switch (code.recoveryFunction()) {
                      case DEAD_MASTER -> RecoveryKind.DEAD_MASTER;
                      case DEAD_CO_MASTER -> RecoveryKind.DEAD_CO_MASTER;
                      case DEAD_INTERMEDIATE_MASTER -> RecoveryKind.DEAD_INTERMEDIATE_MASTER;
                      case DEAD_GROUP_MEMBER -> RecoveryKind.DEAD_GROUP_MEMBER;
                      case LOCKED_SEMI_SYNC_MASTER, EXACT_SEMI_SYNC -> RecoveryKind.SEMI_SYNC;
                      case NON_WRITEABLE_MASTER -> RecoveryKind.NON_WRITEABLE_MASTER;
                      case NONE, DETECTION_ONLY -> null;
                    }));
  }

  @Test
  void anAnalysisThatNoRecoveryAnswersHasNoKind() {
    assertThat(RecoveryKind.ofAnalysis("UnreachableMaster")).isEmpty();
  }
}
