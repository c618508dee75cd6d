package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FenceLockTest {
  @Test
  void showsATermByItsBits() {
    assertThat(FenceLock.showTerm(0, 5))
        .containsExactly(
            "SELECT GET_LOCK(CONCAT('orchestrator/term/',CONNECTION_ID(),'/0'),0)"
                + "+GET_LOCK(CONCAT('orchestrator/term/',CONNECTION_ID(),'/2'),0)");
  }

  @Test
  void takesTheBitsOfALaterTermBeforeItGivesUpOthers() {
    assertThat(FenceLock.showTerm(5, 6))
        .containsExactly(
            "SELECT GET_LOCK(CONCAT('orchestrator/term/',CONNECTION_ID(),'/1'),0)",
            "SELECT RELEASE_LOCK(CONCAT('orchestrator/term/',CONNECTION_ID(),'/0'))");
  }

  @Test
  void cannotBeLeftByACommentInAName() {
    assertThat(FenceLock.guard(RealServers.fence("n */ DROP", 1, "x"), 0))
        .startsWith("SELECT /* orchestrator node=n ?? DROP term=1 for=x */ EXP(");
  }
}
