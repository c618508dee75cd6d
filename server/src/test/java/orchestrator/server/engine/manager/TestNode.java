package orchestrator.server.engine.manager;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeBackend;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Requester;
import orchestrator.server.engine.detection.DetectionSettings;
import orchestrator.server.engine.discovery.DiscoverySettingsBuilder;
import orchestrator.server.engine.recovery.Recoveries;
import orchestrator.server.observe.Audit;
import orchestrator.server.observe.AuditRecord;

/** A manager of a group, on servers in memory; it polls fast. */
final class TestNode implements AutoCloseable {
  static final Requester SOMEBODY = new Requester("somebody");
  static final Duration START_DELAY = Duration.ofMinutes(1);

  private static final Duration POLL = Duration.ofMillis(200);

  final FakeRaft.Member member;
  final FakeBackend backend;
  final Manager manager;

  private final List<AuditRecord> audit = new CopyOnWriteArrayList<>();

  private TestNode(
      FakeRaft.Member member,
      FakeBackend backend,
      FakeServers servers,
      FakeHooks hooks,
      FakeClock clock,
      String name,
      List<InstanceKey> seeds) {
    this.member = member;
    this.backend = backend;
    AnalysisPolicy analysis =
        AnalysisPolicy.DEFAULT.withRecovery(ClusterRule.EVERY_CLUSTER, ClusterRule.EVERY_CLUSTER);
    manager =
        new Manager(
            new Manager.Ports(
                servers.view(),
                member,
                backend,
                hooks,
                new Audit(clock, List.of(audit::add)),
                clock),
            new Manager.ManagerSettings(
                new DiscoverySettingsBuilder(POLL).build(),
                new DetectionSettings(
                    analysis,
                    START_DELAY,
                    Duration.ofHours(1),
                    cluster -> Duration.ZERO,
                    List.of("detect"),
                    Duration.ofSeconds(10)),
                new Recoveries.Rules(
                    RecoveryPolicy.DEFAULT.with(
                        Map.of(HookPoint.POST_MASTER_FAILOVER, List.of("tell"))),
                    ClusterRule.EVERY_CLUSTER,
                    ClusterRule.EVERY_CLUSTER),
                seeds,
                Duration.ofDays(1),
                false),
            new NodeInfo(name, "host", "", "test", "none", Instant.EPOCH));
  }

  /** One that knows the master {@code m} from its configuration. */
  static TestNode started(
      FakeRaft group, FakeServers servers, FakeHooks hooks, FakeClock clock, String name) {
    return started(
        group, servers, hooks, clock, name, new FakeBackend(), List.of(TopologyBuilder.key("m")));
  }

  static TestNode started(
      FakeRaft group,
      FakeServers servers,
      FakeHooks hooks,
      FakeClock clock,
      String name,
      FakeBackend backend,
      List<InstanceKey> seeds) {
    TestNode node = new TestNode(group.member(), backend, servers, hooks, clock, name, seeds);
    node.manager.start();
    return node;
  }

  /** Whether it has read this server, and goes on polling it. */
  boolean sees(String server) {
    return manager
        .picture()
        .find(TopologyBuilder.key(server))
        .filter(instance -> instance.isLastCheckValid())
        .isPresent();
  }

  /** What was audited under this type, in order. */
  List<String> audited(String type) {
    return audit.stream()
        .filter(entry -> entry.type().equals(type))
        .map(AuditRecord::message)
        .toList();
  }

  boolean knows(String server) {
    return manager.picture().find(TopologyBuilder.key(server)).isPresent();
  }

  @Override
  public void close() {
    manager.close();
  }
}
