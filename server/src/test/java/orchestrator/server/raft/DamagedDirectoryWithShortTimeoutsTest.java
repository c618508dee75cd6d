package orchestrator.server.raft;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper. */
@Tag("long")
class DamagedDirectoryWithShortTimeoutsTest extends DamagedDirectoryTest {
  @Override
  Timeouts timeouts() {
    return Timeouts.PAPER;
  }
}
