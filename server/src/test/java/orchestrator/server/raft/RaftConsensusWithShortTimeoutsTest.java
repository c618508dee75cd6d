package orchestrator.server.raft;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper. */
@Tag("long")
class RaftConsensusWithShortTimeoutsTest extends RaftConsensusTest {
  RaftConsensusWithShortTimeoutsTest() {
    super(Timeouts.PAPER);
  }
}
