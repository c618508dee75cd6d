package orchestrator.server.app;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Health;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.manager.Manager;
import orchestrator.server.observe.Metrics;
import orchestrator.server.observe.Metrics.RecoveryEnd;

/** Feeds the numbers from a manager. Recoveries are read off the state when they are asked for. */
final class ManagerMetrics implements AutoCloseable {
  private final Metrics metrics = new Metrics();
  private final Manager manager;
  private final Optional<GroupMetrics> group;

  ManagerMetrics(Manager manager, Optional<Group> group) {
    this.manager = manager;
    this.group = group.map(g -> new GroupMetrics(g, metrics));
    manager.onProbed((key, result) -> record(result));
    metrics.gauge(
        "instances.known",
        "Servers that are known",
        () -> manager.operations().world().topology().instances().size());
    metrics.gauge("is.leader", "1 if this node may act", () -> oneIf(health().leading()));
    metrics.gauge("is.healthy", "1 if this node works", () -> oneIf(health().isHealthy()));
    tickets().forEach(ticket -> note(ticket, true));
  }

  String scrape() {
    group.ifPresent(GroupMetrics::refresh);
    tickets().forEach(ticket -> note(ticket, false));
    return metrics.scrape();
  }

  private void record(ProbeResult result) {
    switch (result) {
      case ProbeResult.Seen seen -> {
        Duration latency = seen.instance().freshness().latency();
        metrics.probeSucceeded(latency);
      }
      case ProbeResult.Failed ignored -> metrics.probeFailed();
      case ProbeResult.Skipped ignored -> {}
    }
  }

  private void note(RecoveryTicket ticket, boolean old) {
    RecoveryEnd end =
        ticket.isOpen()
            ? RecoveryEnd.OPEN
            : ticket.successful() ? RecoveryEnd.SUCCESS : RecoveryEnd.FAILURE;
    metrics.recovery(ticket.uid(), end, old);
  }

  private Collection<RecoveryTicket> tickets() {
    return manager.operations().world().state().recoveries().values();
  }

  private Health health() {
    return manager.operations().health();
  }

  private static double oneIf(boolean holds) {
    return holds ? 1 : 0;
  }

  @Override
  public void close() {
    metrics.close();
  }
}
