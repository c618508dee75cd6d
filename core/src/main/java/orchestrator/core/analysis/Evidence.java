package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * Whether enough was read to act upon a diagnosis.
 *
 * <p>A server is taken for dead only when nothing was heard of it in two attempts at least {@link
 * #BETWEEN_ATTEMPTS} apart, and when every replica that can be reached was read after the first of
 * them: at the moment of a crash a replica may still say that it replicates, and one that was read
 * before it says nothing about it. A replica that cannot be reached is no witness, but only after
 * it too was tried since, or failed twice.
 *
 * <p>A server that was never read may replicate itself. Its replicas alone do not make it a master,
 * in whose place another one is made writable.
 */
public sealed interface Evidence {
  /** One lost packet may fail two attempts made at once. */
  Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);

  /** How many attempts must fail. */
  int ATTEMPTS = 2;

  /**
   * Enough is known.
   *
   * @param since when the failure was first noticed
   * @param witnesses the replicas that were read since
   */
  record Conclusive(Instant since, int attempts, List<InstanceKey> witnesses) implements Evidence {
    public Conclusive {
      witnesses = List.copyOf(witnesses);
    }
  }

  /**
   * Not enough is known.
   *
   * @param probe the servers to read next
   * @param earliest when to do so, and to judge again
   * @param reason for people
   */
  record Wait(List<InstanceKey> probe, Instant earliest, String reason) implements Evidence {
    public Wait {
      probe = List.copyOf(probe);
    }
  }

  /**
   * Judges a diagnosis. Only of those that {@linkplain AnalysisCode#meansServerIsDead() say that a
   * server is dead} is more asked than what they are made of.
   *
   * @param minimum how long the failure must have lasted
   */
  static Evidence verdict(
      Diagnosis diagnosis, Topology topology, FailureLog failures, Duration minimum, Instant now) {
    if (!diagnosis.code().meansServerIsDead()) {
      return new Conclusive(diagnosis.at(), 0, diagnosis.replicas().keys());
    }
    InstanceKey key = diagnosis.key();
    if (topology.find(key).filter(server -> server.freshness().lastSeen().isPresent()).isEmpty()) {
      return new Wait(
          List.of(key), now, key + " was never read: nobody knows whether it replicates itself");
    }
    Optional<FailureLog.Run> run = failures.of(key);
    Optional<Instant> silentSince = run.flatMap(FailureLog.Run::silentSince);
    if (run.isEmpty() || silentSince.isEmpty()) {
      return new Wait(
          List.of(key),
          now,
          run.isEmpty()
              ? key + " has not been tried since it last answered"
              : key + " is alive: it refuses to be read, but answers");
    }
    Instant since = silentSince.get();
    List<InstanceKey> unread = new ArrayList<>();
    List<InstanceKey> witnesses = new ArrayList<>();
    for (Instance replica : topology.replicasOf(key)) {
      if (replica.isLastCheckValid() && replica.freshness().isReadSince(since)) {
        witnesses.add(replica.key());
      } else if (replica.isLastCheckValid() || !isKnownToBeAway(replica, failures, since)) {
        unread.add(replica.key());
      }
    }
    return judge(key, run.get(), since, unread, witnesses, minimum, now);
  }

  private static Evidence judge(
      InstanceKey key,
      FailureLog.Run run,
      Instant since,
      List<InstanceKey> unread,
      List<InstanceKey> witnesses,
      Duration minimum,
      Instant now) {
    boolean confirmed =
        run.silentAttempts() >= ATTEMPTS
            && !run.lastFailure().isBefore(since.plus(BETWEEN_ATTEMPTS));
    if (!unread.isEmpty()) {
      List<InstanceKey> probe = new ArrayList<>(unread);
      if (!confirmed && !now.isBefore(since.plus(BETWEEN_ATTEMPTS))) {
        probe.add(key);
      }
      return new Wait(probe, now, "not read since " + key + " failed: " + unread);
    }
    if (!confirmed) {
      Instant next = since.plus(BETWEEN_ATTEMPTS);
      return new Wait(
          List.of(key),
          next.isAfter(now) ? next : now,
          key + " failed in " + run.silentAttempts() + " of " + ATTEMPTS + " attempts");
    }
    Instant longEnough = since.plus(minimum);
    if (longEnough.isAfter(now)) {
      return new Wait(
          List.of(key),
          longEnough,
          key + " has failed for less than " + minimum.toMillis() + " ms");
    }
    return new Conclusive(since, run.silentAttempts(), witnesses);
  }

  /** Tried since then, or failed twice in a row: there is no point in waiting for it. */
  private static boolean isKnownToBeAway(Instance replica, FailureLog failures, Instant since) {
    boolean triedSince =
        replica.freshness().lastChecked().filter(at -> !at.isBefore(since)).isPresent();
    return triedSince
        || failures
            .of(replica.key())
            .filter(run -> !run.lastFailure().isBefore(since) || run.silentAttempts() >= ATTEMPTS)
            .isPresent();
  }
}
