package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.server.app.TestManager;
import orchestrator.server.engine.History;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Requester;

/** Real servers with a manager over them that knows all of them. */
final class Managed implements AutoCloseable {
  static final Requester TESTER = new Requester("tester");

  /** Far longer than anything takes on a quiet machine. */
  static final Duration LIMIT = Duration.ofSeconds(40);

  private final Sandbox sandbox;
  private final Path configurationFile;
  private TestManager manager;

  private Managed(Sandbox sandbox, Path configurationFile) {
    this.sandbox = sandbox;
    this.configurationFile = configurationFile;
    this.manager = TestManager.start(configurationFile);
  }

  /** Starts a manager and returns when it has the whole picture and would act. */
  static Managed over(Sandbox sandbox, Path folder, ManagerConfiguration configuration) {
    Managed managed = seeded(sandbox, folder, configuration);
    managed.awaitPicture();
    return managed;
  }

  /** Starts a manager that acts on what it finds from the beginning. */
  static Managed seeded(Sandbox sandbox, Path folder, ManagerConfiguration configuration) {
    Managed managed = new Managed(sandbox, configuration.write(folder));
    managed.operations().discoverLater(keyOf(sandbox.master()), TESTER);
    return managed;
  }

  /** Starts a manager where another one was. */
  static Managed again(Sandbox sandbox, Path folder) {
    return new Managed(sandbox, ManagerConfiguration.fileIn(folder));
  }

  /** Every server is seen, and sees its master; failures are acted on. */
  void awaitPicture() {
    await("the picture is complete").atMost(LIMIT).until(this::isComplete);
    await("failures are acted on").atMost(LIMIT).until(() -> Instant.now().isAfter(actsFrom()));
  }

  private boolean isComplete() {
    Topology topology = topology();
    InstanceKey master = keyOf(sandbox.master());
    return topology.clusterNameOf(master).stream()
                .mapToInt(name -> topology.cluster(name).size())
                .sum()
            == sandbox.servers().size()
        && sandbox.servers().stream()
            .allMatch(server ->
                topology.find(keyOf(server)).filter(Instance::isLastCheckValid).isPresent())
        && operations().world().diagnoses().isEmpty();
  }

  void stopManager() {
    manager.close();
  }

  void startManager() {
    manager = TestManager.start(configurationFile);
  }

  /** When the manager begins to act on failures. */
  Instant actsFrom() {
    return manager.actsFrom(ManagerConfiguration.POLL_SECONDS);
  }

  Operations operations() {
    return manager.operations();
  }

  Topology topology() {
    return operations().world().topology();
  }

  ReplicatedState state() {
    return operations().world().state();
  }

  void submit(Command command) {
    assertThat(operations().submit(command, TESTER)).isInstanceOf(Outcome.Ok.class);
  }

  static InstanceKey keyOf(SandboxServer server) {
    return new InstanceKey(server.host(), server.port());
  }

  SandboxServer server(InstanceKey key) {
    return sandbox.servers().stream()
        .filter(server -> keyOf(server).equals(key))
        .findFirst()
        .orElseThrow();
  }

  /** Newest first. */
  List<RecoveryTicket> recoveries() {
    return operations().history().recoveries(History.Selection.ALL);
  }

  /** As it stands now in the replicated state. */
  RecoveryTicket recovery(String uid) {
    return Optional.ofNullable(state().recoveries().get(uid)).orElseThrow();
  }

  /** Waits until a recovery of this server has ended, well or not. */
  RecoveryTicket awaitRecoveryOf(SandboxServer failed) {
    return await("a recovery of " + failed + " has ended")
        .atMost(LIMIT)
        .until(() -> closedRecoveryOf(failed), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<RecoveryTicket> closedRecoveryOf(SandboxServer failed) {
    return state().recoveries().values().stream()
        .filter(ticket -> ticket.failed().equals(keyOf(failed)) && !ticket.isOpen())
        .findFirst();
  }

  /** The protocol of a recovery: its lines, oldest first. */
  List<String> protocolOf(RecoveryTicket ticket) {
    return operations().history().recoverySteps(ticket.uid()).stream()
        .map(History.RecoveryStep::message)
        .toList();
  }

  SandboxServer promotedBy(RecoveryTicket ticket) {
    assertThat(ticket.successful()).as(() -> ticket.errors() + " " + protocolOf(ticket)).isTrue();
    return server(ticket.promoted().orElseThrow());
  }

  @Override
  public void close() {
    manager.close();
  }
}
