package orchestrator.core.recovery;

import java.time.Duration;

/**
 * How long the control waits for what. Waits that operators can set are in {@link
 * RecoveryPolicy.Waits}.
 */
final class Patience {
  /** For a replica to stop fetching. An answer after {@link #STRAGGLERS} is still made use of. */
  static final Duration STOP_FETCHING = Duration.ofSeconds(3);

  /**
   * How long the choice waits for replicas that answered their last probe and do not answer now. A
   * replica whose last probe failed is asked too, but not waited for.
   */
  static final Duration STRAGGLERS = Duration.ofSeconds(1);

  /** How long a replica may take to answer before those below it are read too. */
  static final Duration BELOW = Duration.ofMillis(200);

  /** For the old master to be set read-only. */
  static final Duration OLD_MASTER = Duration.ofSeconds(3);

  /** How long a failover that a person asked for waits for that, when the master is alive. */
  static final Duration LIVING_MASTER = Duration.ofSeconds(1);

  /** For one read of a server. */
  static final Duration PROBE = Duration.ofSeconds(1);

  /** For logs to be read and compared; nobody but the replica in question waits for it. */
  static final Duration READ_LOG = Duration.ofSeconds(60);

  /** For the rest of a relay log to be read: the candidate is waited for. */
  static final Duration READ_REST = Duration.ofSeconds(3);

  /** When a relay log is not applied any further, it is looked at what is left in it. */
  static final Duration NOTHING_APPLIED = Duration.ofMillis(200);

  /** And again, if something is. */
  static final Duration LOOK_AT_REST_AGAIN = Duration.ofSeconds(1);

  /**
   * How long a replica may go on applying before its place is looked for with Pseudo-GTID: what it
   * has not applied it can fetch again.
   */
  static final Duration APPLYING = Duration.ofSeconds(2);

  /** For one change of a server that is short by nature. */
  static final Duration CHANGE = Duration.ofSeconds(5);

  /** For a replica to change its source: it stops both threads first, which may take long. */
  static final Duration CHANGE_SOURCE = Duration.ofSeconds(10);

  /** For a replica that was switched on to acknowledge: its IO thread logs in anew, and asks. */
  static final Duration ACKNOWLEDGING = Duration.ofSeconds(5);

  /** Between attempts to change a server. */
  static final Duration RETRY = Duration.ofMillis(200);

  /** Attempts at a change that the server certainly refuses. */
  static final int ATTEMPTS = 3;

  /** How long the intended server is tried to be made writable, or proven not to be. */
  static final Duration PROMOTION = Duration.ofSeconds(30);

  /** How long a run that takes up a recovery waits for the server that was promoted to answer. */
  static final Duration PROMOTED = Duration.ofSeconds(10);

  /** Between two looks at a server that is waited for: shorter at first, longer at last. */
  static final Duration FIRST_POLL = Duration.ofMillis(15);

  static final Duration LAST_POLL = Duration.ofMillis(250);

  /**
   * How long replicas of a dead intermediate master without another source wait for the failover of
   * its source. That one may wait for processes of operators, or for a person.
   */
  static final Duration UNDECIDED = Duration.ofMinutes(10);

  /** The same when a person waits for the end. */
  static final Duration UNDECIDED_BY_HAND = Duration.ofSeconds(10);

  /** Between two looks at the servers that tell how far it is. */
  static final Duration LAST_UNDECIDED_POLL = Duration.ofSeconds(2);

  /** When everything read from the source is executed and GTIDs are missing nevertheless. */
  static final Duration NOTHING_LEFT_TO_APPLY = Duration.ofSeconds(1);

  /** {@code DelayMasterPromotionIfSQLThreadNotUpToDate}: overall. */
  static final Duration DELAYED_PROMOTION = Duration.ofHours(24);

  /** For a moved replica to be connected to its new source. */
  static final Duration CONNECTED = Duration.ofSeconds(5);

  /** How long the hooks after a promotion wait for replicas to be moved. */
  static final Duration MOVES_BEFORE_HOOKS = Duration.ofSeconds(1);

  /** How long audit texts may wait for a commit that has to be made anyway. */
  static final Duration NOTES = Duration.ofMillis(300);

  /**
   * For the master of a takeover to be set read-only. The server waits for statements that write,
   * and lets no new ones begin meanwhile.
   */
  static final Duration HOLD = Duration.ofSeconds(5);

  /** For the connections of clients to be ended, while others wait for it. */
  static final Duration END_CLIENTS = Duration.ofSeconds(1);

  /** How long a master that is held read-only must be silent to count as gone. */
  static final Duration GONE = Duration.ofSeconds(1);

  /** How long a failed takeover tries to make the old master writable again. */
  static final Duration UNDO = Duration.ofSeconds(8);

  /** Between two looks at servers while nobody can write. */
  static final Duration FIRST_TAKEOVER_POLL = Duration.ofMillis(5);

  static final Duration LAST_TAKEOVER_POLL = Duration.ofMillis(100);

  /** How long the target of a takeover may need for what it lacks when writes are blocked. */
  static final Duration NEAR = Duration.ofMillis(150);

  /** Between two looks at servers while replicas are moved and the master takes writes. */
  static final Duration MOVE_POLL = Duration.ofMillis(50);

  private Patience() {}
}
