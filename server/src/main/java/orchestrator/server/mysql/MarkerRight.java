package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import orchestrator.core.binlog.PseudoGtid;

/** Whether our user may inject markers on one server; asked once a minute. One thread at a time. */
final class MarkerRight {
  private static final Duration GOOD_FOR = Duration.ofSeconds(60);

  private final InstantSource clock;
  private Instant due = Instant.MIN;
  private boolean given;

  MarkerRight(InstantSource clock) {
    this.clock = clock;
  }

  boolean isGiven(Session session, Deadline deadline) throws SessionException {
    Instant now = clock.instant();
    if (!now.isBefore(due)) {
      Table grants = session.run(List.of("SHOW GRANTS"), deadline).getFirst();
      given = Grants.allowDropIn(grants, PseudoGtid.SCHEMA);
      due = now.plus(GOOD_FOR);
    }
    return given;
  }
}
