package orchestrator.server.raft;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper. */
@Tag("long")
class FullDiskWithShortTimeoutsTest extends FullDiskTest {
  @Override
  Timeouts timeouts() {
    return Timeouts.PAPER;
  }
}
