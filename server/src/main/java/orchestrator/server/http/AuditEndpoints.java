package orchestrator.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.History.AnalysisChange;
import orchestrator.server.engine.History.Selection;
import orchestrator.server.engine.Operations;

/** What happened: detections, recoveries and their steps, audit. */
final class AuditEndpoints {
  private static final java.time.Duration RECENTLY = java.time.Duration.ofMinutes(5);

  private final Operations operations;

  AuditEndpoints(Operations operations) {
    this.operations = operations;
  }

  void register(RouteTable routes) {
    routes.read("audit", call -> audit(call, Optional.empty()));
    routes.read("audit/:page", call -> audit(call, Optional.empty()));
    routes.read("audit/instance/:host/:port", call -> audit(call, Optional.of(keyOf(call))));
    routes.read("audit/instance/:host/:port/:page", call -> audit(call, Optional.of(keyOf(call))));
    routes.read("audit-recovery-steps/:uid", this::steps);
    routes.read("replication-analysis-changelog", this::changes);
    routes.read("blocked-recoveries", call -> blocked(Optional.empty()));
    routes.read(
        "blocked-recoveries/cluster/:clusterName", call -> blocked(Optional.of(cluster(call))));
    recoveries(routes);
    detections(routes);
  }

  private void recoveries(RouteTable routes) {
    routes.read("audit-recovery", call -> recoveries(call, paged(call)));
    routes.read("audit-recovery/:page", call -> recoveries(call, paged(call)));
    routes.read(
        "audit-recovery/id/:id",
        call -> recoveries(call, id(call).map(Selection.ALL::withId).orElseGet(() -> paged(call))));
    routes.read(
        "audit-recovery/uid/:uid",
        call -> recoveries(call, Selection.ALL.withUid(call.argument("uid"))));
    for (String page : List.of("", "/:page")) {
      routes.read(
          "audit-recovery/cluster/:clusterName" + page,
          call -> recoveries(call, paged(call).withClusterName(cluster(call))));
      routes.read(
          "audit-recovery/alias/:clusterAlias" + page,
          call -> recoveries(call, paged(call).withClusterAlias(call.argument("clusterAlias"))));
    }
    routes.read(
        "active-cluster-recovery/:clusterName",
        call ->
            shown(
                call,
                held(call).stream()
                    .filter(RecoveryTicket::isOpen)
                    .filter(ticket -> ticket.clusterName().equals(cluster(call)))
                    .toList()));
    routes.read(
        "recently-active-cluster-recovery/:clusterName",
        call ->
            shown(
                call,
                recentlyEnded(call).stream()
                    .filter(ticket -> ticket.clusterName().equals(cluster(call)))
                    .toList()));
    routes.read(
        "recently-active-instance-recovery/:host/:port",
        call ->
            shown(
                call,
                recentlyEnded(call).stream()
                    .filter(ticket -> ticket.promoted().filter(keyOf(call)::equals).isPresent())
                    .toList()));
  }

  private void detections(RouteTable routes) {
    routes.read("audit-failure-detection", call -> detections(call, paged(call)));
    routes.read("audit-failure-detection/:page", call -> detections(call, paged(call)));
    routes.read(
        "audit-failure-detection/id/:id",
        call -> detections(call, id(call).map(Selection.ALL::withId).orElseGet(() -> paged(call))));
    for (String page : List.of("", "/:page")) {
      routes.read(
          "audit-failure-detection/alias/:clusterAlias" + page,
          call -> detections(call, paged(call).withClusterAlias(call.argument("clusterAlias"))));
    }
  }

  private static Selection paged(Call call) {
    return Selection.ALL.withPage(call.page()).withUnacknowledgedOnly(call.flag("unacknowledged"));
  }

  private static Optional<Long> id(Call call) {
    return Optional.of(call.argument("id"))
        .filter(id -> id.matches("[1-9][0-9]{0,17}"))
        .map(Long::parseLong);
  }

  private static InstanceKey keyOf(Call call) {
    return call.lookup().similarKey(call.key());
  }

  /** A name as it was recorded: that of a cluster of today, or of one that is gone. */
  private static String cluster(Call call) {
    String name = call.argument("clusterName");
    return call.lookup().clusterByName(name).orElse(name);
  }

  private Answer audit(Call call, Optional<InstanceKey> key) {
    return Answer.value(Body.list(operations.history().audit(key, call.page()), SmallViews::audit));
  }

  private Answer steps(Call call) {
    return Answer.value(
        Body.list(operations.history().recoverySteps(call.argument("uid")), SmallViews::step));
  }

  private Answer changes(Call call) {
    Map<InstanceKey, List<AnalysisChange>> byServer = new LinkedHashMap<>();
    for (AnalysisChange change : operations.history().analysisChanges()) {
      byServer.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change);
    }
    return Answer.value(Body.list(byServer.values(), SmallViews::changes));
  }

  private Answer blocked(Optional<String> clusterName) {
    return Answer.value(
        Body.list(operations.history().blockedRecoveries(clusterName), SmallViews::blocked));
  }

  private Answer recoveries(Call call, Selection selection) {
    return shown(call, operations.history().recoveries(selection));
  }

  private static Answer shown(Call call, List<RecoveryTicket> tickets) {
    return Answer.value(Body.list(tickets, new RecoveryView(call.picture())::of));
  }

  private Answer detections(Call call, Selection selection) {
    return Answer.value(
        Body.list(
            operations.history().detections(selection), new RecoveryView(call.picture())::of));
  }

  /** Recoveries of the replicated state, newest first: right on every node, without a query. */
  private static List<RecoveryTicket> held(Call call) {
    return call.picture().state().recoveries().values().stream()
        .sorted(Comparator.comparingLong(RecoveryTicket::id).reversed())
        .toList();
  }

  private static List<RecoveryTicket> recentlyEnded(Call call) {
    return held(call).stream()
        .filter(t -> t.ended().filter(call.picture().now().minus(RECENTLY)::isBefore).isPresent())
        .toList();
  }
}
