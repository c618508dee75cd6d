package orchestrator.core.relocation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.BinlogFormat;
import orchestrator.core.topology.Flavor;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;

/**
 * Whether one server may replicate from another. The rules are tried in order; the first that is
 * broken decides.
 */
public final class CanReplicate {
  private CanReplicate() {}

  /** What the operator allows. */
  public record Policy(
      boolean lowerReplicaVersionAllowed,
      boolean verifyReplicationFilters,
      Duration reasonableMaintenanceLag) {
    public static final Policy DEFAULT = new Policy(false, false, Duration.ofSeconds(20));
  }

  /** The answer, with its reason. */
  public sealed interface Verdict {
    record Allowed(List<String> warnings) implements Verdict {
      public Allowed {
        warnings = List.copyOf(warnings);
      }
    }

    /**
     * @param reason names both servers and what stands between them
     */
    record Refused(String reason) implements Verdict {}

    default boolean isAllowed() {
      return this instanceof Allowed;
    }
  }

  /** By the servers' settings alone, whatever the method. */
  public static Verdict from(Instance replica, Instance source, Policy policy) {
    Optional<String> refusal =
        sameServer(replica, source)
            .or(() -> cannotFeed(source))
            .or(() -> olderVersion(replica, source, policy))
            .or(() -> smallerFormat(replica, source))
            .or(() -> filters(replica, source, policy))
            .or(() -> sameIdentity(replica, source))
            .or(() -> shorterDelay(replica, source, policy));
    if (refusal.isPresent()) {
      return new Verdict.Refused(
          replica.key() + " cannot replicate from " + source.key() + ": " + refusal.get());
    }
    List<String> warnings = new ArrayList<>();
    if (isOlder(replica, source)) {
      warnings.add(
          replica.key()
              + " ("
              + replica.version().text()
              + ") is older than "
              + source.key()
              + " ("
              + source.version().text()
              + ")");
    }
    return new Verdict.Allowed(warnings);
  }

  /** As {@link #from}, and the replica finds at the source every transaction that it lacks. */
  public static Verdict byGtid(Instance replica, Instance source, Policy policy) {
    Verdict general = from(replica, source, policy);
    if (!general.isAllowed()) {
      return general;
    }
    return gtidRefusal(replica, source)
        .<Verdict>map(reason ->
            new Verdict.Refused(
                replica.key() + " cannot replicate by GTID from " + source.key() + ": " + reason))
        .orElse(general);
  }

  private static Optional<String> gtidRefusal(Instance replica, Instance source) {
    if (replica.usesMariaDbGtid()) {
      return source.version().flavor() == Flavor.MARIADB
          ? Optional.empty()
          : Optional.of("it uses MariaDB's GTIDs, the source is no MariaDB");
    }
    if (!replica.usesOracleGtid()) {
      return Optional.of("it does not use GTIDs");
    }
    if (!source.gtid().supportsOracle()) {
      return Optional.of("GTIDs are off at the source");
    }
    if (replica.gtid().executed().isEmpty() || source.gtid().purged().isEmpty()) {
      return Optional.of("their GTID sets are not known");
    }
    GtidSet executed = replica.gtid().executed().get();
    GtidDifference gone = source.gtid().purged().get().missingFrom(executed);
    return gone.isEmpty()
        ? Optional.empty()
        : Optional.of("the source has purged transactions that it lacks: " + gone);
  }

  private static Optional<String> sameServer(Instance replica, Instance source) {
    return when(replica.key().equals(source.key()), () -> "they are the same server");
  }

  private static Optional<String> cannotFeed(Instance source) {
    if (!source.binlog().enabled()) {
      return Optional.of("the source has no binary log");
    }
    return when(
        source.isReplica() && !source.binlog().logReplicaUpdates(),
        () -> "the source does not log what it replicates");
  }

  private static boolean isOlder(Instance replica, Instance source) {
    return !replica.version().equals(source.version())
        && !replica.isBinlogServer()
        && replica.version().compareMajorTo(source.version()) < 0;
  }

  private static Optional<String> olderVersion(Instance replica, Instance source, Policy policy) {
    return when(
        isOlder(replica, source) && !policy.lowerReplicaVersionAllowed(),
        () ->
            "its version "
                + replica.version().text()
                + " is older than the source's "
                + source.version().text());
  }

  private static Optional<String> smallerFormat(Instance replica, Instance source) {
    BinlogFormat own = replica.binlog().format();
    BinlogFormat sources = source.binlog().format();
    return when(
        replica.binlog().canFeedReplicas()
            && isPlain(own)
            && isPlain(sources)
            && own.compareTo(sources) < 0,
        () -> "it logs as " + own.displayName() + ", the source as " + sources.displayName());
  }

  private static boolean isPlain(BinlogFormat format) {
    return switch (format) {
      case STATEMENT, MIXED, ROW -> true;
      case INHERIT, UNKNOWN -> false;
    };
  }

  private static Optional<String> filters(Instance replica, Instance source, Policy policy) {
    return when(
        policy.verifyReplicationFilters() && hasFilters(source) && !hasFilters(replica),
        () -> "the source has replication filters, and it has none");
  }

  private static boolean hasFilters(Instance instance) {
    return instance.replication().filter(Replication::hasFilters).isPresent();
  }

  private static Optional<String> sameIdentity(Instance replica, Instance source) {
    if (replica.isBinlogServer()) {
      return Optional.empty();
    }
    if (replica.identity().serverId() == source.identity().serverId()) {
      return Optional.of("both have server_id " + source.identity().serverId());
    }
    String uuid = source.identity().serverUuid();
    return when(
        !uuid.isEmpty() && uuid.equals(replica.identity().serverUuid()),
        () -> "both have server_uuid " + uuid);
  }

  private static Optional<String> shorterDelay(Instance replica, Instance source, Policy policy) {
    long own = delaySeconds(replica);
    long sources = delaySeconds(source);
    return when(
        own < sources && sources > policy.reasonableMaintenanceLag().toSeconds(),
        () -> "the source is delayed by " + sources + " s, and it by " + own + " s");
  }

  private static long delaySeconds(Instance instance) {
    return instance.replication().map(Replication::sqlDelaySeconds).orElse(0L);
  }

  /** The reason is made when it is needed: of many servers each is compared with each. */
  private static Optional<String> when(boolean refused, Supplier<String> reason) {
    return refused ? Optional.of(reason.get()) : Optional.empty();
  }
}
