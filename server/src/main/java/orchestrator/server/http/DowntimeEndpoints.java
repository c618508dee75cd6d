package orchestrator.server.http;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;
import orchestrator.server.engine.Operations;

/** Downtime, maintenance and promotion rules. */
final class DowntimeEndpoints {
  private final Operations operations;
  private final ViewSettings settings;

  DowntimeEndpoints(Operations operations, ViewSettings settings) {
    this.operations = operations;
    this.settings = settings;
  }

  void register(RouteTable routes) {
    for (String duration : List.of("", "/:duration")) {
      routes.command("begin-downtime/:host/:port/:owner/:reason" + duration, this::beginDowntime);
      routes.command(
          "begin-maintenance/:host/:port/:owner/:reason" + duration, this::beginMaintenance);
    }
    routes.command("end-downtime/:host/:port", this::endDowntime);
    routes.command("end-maintenance/:host/:port", this::endMaintenance);
    routes.command("end-maintenance/:maintenanceKey", this::endMaintenanceById);
    routes.read("in-maintenance/:host/:port", this::inMaintenance);
    routes.read("maintenance", this::maintenances);
    routes.command("register-candidate/:host/:port/:promotionRule", this::registerCandidate);
    routes.read("candidates", this::candidates);
    routes.read("bulk-promotion-rules", this::candidates);
  }

  private Answer beginDowntime(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    Instant now = call.picture().now();
    Downtime downtime =
        new Downtime(
            key, call.trimmed("owner"), call.trimmed("reason"), now, now.plus(call.lasting()));
    return Answer.of(
        operations.submit(new Command.BeginDowntime(downtime), call.requester(downtime.owner())),
        "Instance now in downtime: " + key,
        done -> Body.key(key));
  }

  private Answer endDowntime(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key(), call.picture().state().downtimes());
    return Answer.of(
        operations.submit(new Command.EndDowntime(key), call.requester()),
        "Instance downtime ended: " + key,
        done -> Body.key(key));
  }

  private Answer beginMaintenance(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    Instant now = call.picture().now();
    Maintenance maintenance =
        new Maintenance(
            key, call.trimmed("owner"), call.trimmed("reason"), now, now.plus(call.lasting()));
    return Answer.of(
        operations.submit(
            new Command.BeginMaintenance(maintenance, now), call.requester(maintenance.owner())),
        "Instance now in maintenance: " + key,
        done -> Body.key(key));
  }

  private Answer endMaintenance(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key(), call.picture().state().maintenances());
    return Answer.of(
        operations.submit(new Command.EndMaintenance(key), call.requester()),
        "Maintenance ended: " + key,
        done -> Body.key(key));
  }

  private Answer endMaintenanceById(Call call) {
    String text = call.argument("maintenanceKey");
    if (!text.matches("[0-9]{1,18}")) {
      throw ApiException.badRequest("Invalid maintenance id: " + text);
    }
    long id = Long.parseLong(text);
    Optional<Maintenance> found =
        call.picture().state().maintenances().values().stream()
            .filter(m -> SmallViews.maintenanceId(m) == id)
            .findFirst();
    String message = "Maintenance ended: " + id;
    return found
        .map(maintenance ->
            Answer.of(
                operations.submit(new Command.EndMaintenance(maintenance.key()), call.requester()),
                message,
                done -> Body.number(id)))
        .orElseGet(() -> Answer.done(message, Body.number(id)));
  }

  private Answer inMaintenance(Call call) {
    InstanceKey key = call.lookup().similarKey(call.key());
    boolean active =
        Optional.ofNullable(call.picture().state().maintenances().get(key))
            .filter(m -> m.isActive(call.picture().now()))
            .isPresent();
    return Answer.done(String.valueOf(active), Body.text(active ? key.displayString() : ""));
  }

  private Answer maintenances(Call call) {
    Instant now = call.picture().now();
    List<Maintenance> active =
        call.picture().state().maintenances().values().stream()
            .filter(m -> m.isActive(now))
            .sorted(Comparator.comparing(Maintenance::begin).thenComparing(Maintenance::key))
            .toList();
    return Answer.value(Body.list(active, m -> SmallViews.maintenance(m, now)));
  }

  private Answer registerCandidate(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    String text = call.argument("promotionRule");
    PromotionRule rule =
        PromotionRule.parse(text)
            .filter(r -> r != PromotionRule.MUST)
            .orElseThrow(() ->
                ApiException.badRequest(
                    "Invalid promotion rule: "
                        + text
                        + ". Use prefer, neutral, prefer_not or must_not"));
    Instant now = call.picture().now();
    Candidate candidate = new Candidate(key, rule, now, now.plus(settings.candidateLifetime()));
    return Answer.of(
        operations.submit(new Command.RegisterCandidate(candidate), call.requester()),
        "Registered candidate: " + key,
        done -> Body.key(key));
  }

  private Answer candidates(Call call) {
    List<Candidate> active =
        call.picture().state().candidates().values().stream()
            .filter(c -> c.isActive(call.picture().now()))
            .sorted(Comparator.comparing(Candidate::key))
            .toList();
    return Answer.value(Body.list(active, SmallViews::candidate));
  }
}
