package orchestrator.server.raft;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper. */
@Tag("long")
class RaftConsensusWithShortTimeoutsTest extends RaftConsensusTest {
  @Override
  Timeouts timeouts() {
    return Timeouts.PAPER;
  }
}
