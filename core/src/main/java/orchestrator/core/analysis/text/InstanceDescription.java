package orchestrator.core.analysis.text;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.facts.Downtime;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.Topology;

/**
 * A server in six short words.
 *
 * @param lag {@code detached}, {@code unknown}, {@code null} or seconds as {@code 7s}
 * @param status {@code invalid}, {@code unchecked}, {@code nonreplicating}, {@code lag} or {@code
 *     ok}
 * @param version the server's own text
 * @param mode {@code ro} or {@code rw}
 * @param binlog the format, or that there is no binary log; empty when unknown
 * @param flags joined by commas, perhaps none: {@code >>} for a binary log with all that is
 *     replicated, {@code GTID} or {@code GTID:errant}, {@code P-GTID}, {@code semi:master}, {@code
 *     semi:replica}, {@code downtimed}
 */
public record InstanceDescription(
    String lag, String status, String version, String mode, String binlog, String flags) {

  public static InstanceDescription of(
      Instance instance,
      Topology topology,
      ReplicatedState state,
      AnalysisPolicy policy,
      Instant now) {
    boolean recent = instance.freshness().isCheckedWithin(policy.recentlyChecked(), now);
    return new InstanceDescription(
        lagOf(instance, recent),
        statusOf(instance, recent, policy.reasonableMaintenanceLag()),
        instance.version().text(),
        instance.readOnly() ? "ro" : "rw",
        instance.binlog().enabled() ? instance.binlog().format().displayName() : "nobinlog",
        flagsOf(instance, topology, state, now));
  }

  /** {@code [0s,ok,8.0.36,rw,ROW,>>,GTID]}: without the words that are empty. */
  public String bracketed() {
    return words().filter(word -> !word.isEmpty()).collect(Collectors.joining(",", "[", "]"));
  }

  /** {@code 0s|ok|8.0.36|rw|ROW|>>,GTID}: always six cells. */
  public String tabulated() {
    return words().collect(Collectors.joining("|"));
  }

  /** The six words in order. */
  public List<String> cells() {
    return words().toList();
  }

  private Stream<String> words() {
    return Stream.of(lag, status, version, mode, binlog, flags);
  }

  private static String lagOf(Instance instance, boolean recent) {
    if (instance.replication().filter(Replication::detachedExec).isPresent()) {
      return "detached";
    }
    if (!instance.isLastCheckValid() || !recent) {
      return "unknown";
    }
    if (!instance.isReplica()) {
      return "0s";
    }
    Replication row = instance.replication().orElseThrow();
    return row.isRunning() && row.secondsBehindSource().isPresent()
        ? row.lagSeconds().orElse(0) + "s"
        : "null";
  }

  private static String statusOf(Instance instance, boolean recent, Duration reasonable) {
    if (!instance.isLastCheckValid()) {
      return "invalid";
    }
    if (!recent) {
      return "unchecked";
    }
    if (instance.isReplica() && !instance.isReplicating()) {
      return "nonreplicating";
    }
    return instance.isReplica() && isBehind(instance, reasonable) ? "lag" : "ok";
  }

  /** By the server's own measure and against its delay: as one looks before moving a replica. */
  private static boolean isBehind(Instance instance, Duration reasonable) {
    Replication row = instance.replication().orElseThrow();
    long seconds = row.secondsBehindSource().orElse(0);
    return Math.abs(seconds - row.sqlDelaySeconds()) > reasonable.toSeconds();
  }

  private static String flagsOf(
      Instance instance, Topology topology, ReplicatedState state, Instant now) {
    List<String> flags = new ArrayList<>();
    addIf(flags, instance.binlog().canFeedReplicas(), ">>");
    boolean gtid =
        instance.usesOracleGtid() || instance.usesMariaDbGtid() || instance.gtid().supportsOracle();
    boolean errant = !topology.errantGtidOf(instance.key()).errant().isEmpty();
    addIf(flags, gtid, errant ? "GTID:errant" : "GTID");
    addIf(flags, instance.classification().pseudoGtid(), "P-GTID");
    addIf(flags, instance.semiSync().masterStatus(), "semi:master");
    addIf(flags, instance.semiSync().replicaStatus(), "semi:replica");
    Downtime downtime = state.downtimes().get(instance.key());
    addIf(flags, downtime != null && downtime.isActive(now), "downtimed");
    return String.join(",", flags);
  }

  private static void addIf(List<String> flags, boolean condition, String flag) {
    if (condition) {
      flags.add(flag);
    }
  }
}
