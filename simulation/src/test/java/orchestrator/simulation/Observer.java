package orchestrator.simulation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orchestrator.core.analysis.Analysis;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.AnalysisScope;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.analysis.StaleCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtid;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.SemiSync;
import orchestrator.core.topology.Topology;

/**
 * What probes and the analysis tell of each server of a stage, in words that are the same for real
 * servers and for their model: servers by their names, transactions counted from the first one that
 * the script writes.
 */
final class Observer {
  private final Stage stage;
  private final Map<String, Instance> lastRead = new TreeMap<>();

  Observer(Stage stage) {
    this.stage = stage;
  }

  /** By name of the server. */
  SortedMap<String, String> look() {
    SortedMap<String, String> seen = new TreeMap<>();
    for (String name : Stage.NAMES) {
      Optional<Instance> read = stage.read(name);
      Instance instance =
          read.orElseGet(() ->
              Optional.ofNullable(lastRead.get(name))
                  .orElseThrow()
                  .failedCheck(Instant.now(), false));
      lastRead.put(name, instance);
      seen.put(name, read.map(this::text).orElse("does not answer"));
    }
    diagnoses().forEach((name, diagnosis) -> seen.merge(name, "; " + diagnosis, String::concat));
    return seen;
  }

  private String text(Instance instance) {
    return (instance.readOnly() ? "read-only" : "writable")
        + instance.replication().map(this::replication).orElse("")
        + ", has "
        + instance.gtid().executed().map(this::transactions).orElse("nothing")
        + semiSync(instance.semiSync());
  }

  private String replication(Replication row) {
    return ", from %s, IO %s%s, SQL %s"
        .formatted(
            source(row.source()),
            row.ioThread(),
            row.isFailingToConnectToSource() ? " and cannot connect" : "",
            row.sqlThread());
  }

  private String source(InstanceKey source) {
    String detached = source.equals(source.reattached()) ? "" : "detached ";
    return detached
        + Stage.NAMES.stream()
            .filter(name -> stage.key(name).equals(source.reattached()))
            .findFirst()
            .orElse(source.displayString());
  }

  private String transactions(GtidSet executed) {
    if (executed instanceof OracleGtidSet set) {
      OracleGtidSet own = set.subtract(OracleGtidSet.parse(stage.baseline().oracle()));
      return own.uuids().stream()
          .map(uuid ->
              stage.names().getOrDefault(uuid, uuid)
                  + ":"
                  + own.only(List.of(uuid)).transactionCount())
          .sorted()
          .collect(Collectors.joining(" "));
    }
    MariaDbGtidSet positions = ((MariaDbGtidSet) executed).positions();
    long before = stage.baseline().mariaDb().position(0).map(MariaDbGtid::sequence).orElse(0L);
    return positions
        .position(0)
        .map(last ->
            stage.names().get(Long.toString(last.serverId())) + ":" + (last.sequence() - before))
        .orElse("nothing");
  }

  private static String semiSync(SemiSync semiSync) {
    return (semiSync.masterEnabled()
            ? ", waits for one of " + semiSync.masterClients() + " replicas"
            : "")
        + (semiSync.replicaEnabled()
            ? ", acknowledges: " + (semiSync.replicaStatus() ? "yes" : "no")
            : "");
  }

  private Map<String, String> diagnoses() {
    List<Diagnosis> all =
        Analysis.of(
            Topology.of(lastRead.values()),
            ReplicatedState.EMPTY,
            StaleCoordinates.NONE,
            AnalysisPolicy.DEFAULT,
            Instant.now(),
            AnalysisScope.EVERYTHING);
    return all.stream()
        .collect(
            Collectors.toMap(
                diagnosis ->
                    Stage.NAMES.stream()
                        .filter(name -> stage.key(name).equals(diagnosis.key()))
                        .findFirst()
                        .orElseThrow(),
                diagnosis -> diagnosis.code() + " " + diagnosis.structure()));
  }
}
