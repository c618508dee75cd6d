package orchestrator.system;

import org.junit.jupiter.api.Tag;

/** The same with the election timeouts of the protocol's paper: 150 to 300 ms. */
@Tag("long")
class WrongMessagesWithShortTimeoutsTest extends WrongMessagesTest {
  @Override
  ManagerConfiguration configuration() {
    return super.configuration().withElectionTimeouts(150, 300);
  }
}
