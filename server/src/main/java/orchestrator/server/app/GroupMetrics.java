package orchestrator.server.app;

import java.time.Duration;
import java.util.function.ToDoubleFunction;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.observe.Metrics;

/** The numbers of a group. Those of one scrape come from one status. */
final class GroupMetrics {
  private final Group group;
  private final Metrics metrics;
  private volatile GroupStatus status;

  GroupMetrics(Group group, Metrics metrics) {
    this.group = group;
    this.metrics = metrics;
    this.status = group.status();
    for (GroupStatus.Role role : GroupStatus.Role.values()) {
      metrics.roleChanges(role.displayName(), 0);
    }
    group.onRoleChange(change -> metrics.roleChanges(change.to().displayName(), 1));
    gauge("is.leader", "1 if this node leads and may act", s -> oneIf(s.ready()));
    gauge("is.healthy", "1 if this node takes part in the group", s -> oneIf(s.isHealthy()));
    gauge("term", "The newest term that this node knows", GroupStatus::term);
    gauge("index.last", "The newest entry of the log", s -> s.indices().last());
    gauge("index.committed", "The newest entry that is agreed", s -> s.indices().commit());
    gauge("index.applied", "The newest entry that is applied", s -> s.indices().applied());
    gauge("index.snapshot", "The entry that the snapshot stands for", s -> s.indices().snapshot());
    gauge("log.bytes", "Size of the log on disk", s -> s.indices().logBytes());
    gauge("voters", "Members that vote", s -> s.voters().size());
    gauge(
        "leader.changes",
        "Changes of the leader since this node started",
        GroupStatus::leaderChanges);
    gauge("quorum.age.seconds", "Since the last sign of a quorum", GroupMetrics::quorumAge);
    gauge(
        "follower.entries.behind", "Of the slowest follower, on the leader", GroupMetrics::slowest);
  }

  private void gauge(String name, String help, ToDoubleFunction<GroupStatus> value) {
    metrics.gauge("raft." + name, help, () -> value.applyAsDouble(status));
  }

  /** Takes a new status for the scrape that follows. */
  void refresh() {
    status = group.status();
  }

  private static double quorumAge(GroupStatus status) {
    return status.sinceQuorum().map(Duration::toMillis).map(ms -> ms / 1000.0).orElse(Double.NaN);
  }

  private static double slowest(GroupStatus status) {
    return status.followers().stream()
        .mapToDouble(follower -> Math.max(0, status.indices().last() - follower.match()))
        .max()
        .orElse(0);
  }

  private static double oneIf(boolean holds) {
    return holds ? 1 : 0;
  }
}
