package orchestrator.server.raft;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper. */
@Tag("long")
class ForgedPeerWithShortTimeoutsTest extends ForgedPeerTest {
  @Override
  Timeouts timeouts() {
    return Timeouts.PAPER;
  }
}
