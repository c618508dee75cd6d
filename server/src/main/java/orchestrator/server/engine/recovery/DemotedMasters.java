package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.recovery.DemotedMasterWatch.Finding;
import orchestrator.core.recovery.ReturnedMaster;
import orchestrator.core.recovery.WritableReplicas;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.discovery.Discovery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks at every demoted master each second, and sets it read-only on sight: a service manager may
 * start it again, writable, at any time. One that replicates again is left to {@link KeptReplicas}.
 * Clients that it then has are disconnected: some of them may write to read-only servers.
 */
public final class DemotedMasters {
  private static final Logger log = LoggerFactory.getLogger(DemotedMasters.class);
  static final String READ_ONLY = "read-only";
  private static final String END_CLIENTS_TYPE = "end-clients";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /**
   * As long as two masters take writes: a statement that got lost is not waited for much longer.
   */
  private static final Duration SET_READ_ONLY = Duration.ofSeconds(5);

  /** Nobody waits for it but the next look. */
  private static final Duration END_CLIENTS = Duration.ofSeconds(3);

  private static final Duration REATTACH_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final RecoveryPorts ports;
  private final Discovery discovery;
  private final DemotedMasterWatch.Rules rules;
  private final NodeInfo node;
  private final KeptReplicas kept;
  private final Set<InstanceKey> inHand = ConcurrentHashMap.newKeySet();
  private final Map<InstanceKey, Instant> retryAfter = new ConcurrentHashMap<>();

  public DemotedMasters(
      RecoveryPorts ports, Discovery discovery, DemotedMasterWatch.Rules rules, NodeInfo node) {
    this.ports = ports;
    this.discovery = discovery;
    this.rules = rules;
    this.node = node;
    this.kept = new KeptReplicas(ports, discovery, rules.useSuperReadOnly(), node, this::perform);
  }

  /** Begins to look at each of them that is not being looked at already. */
  public void look() {
    if (ports.consensus().leadership().isEmpty()) {
      return;
    }
    ReplicatedState state = ports.consensus().state();
    for (DemotedMaster demoted : state.demoted().values()) {
      inHand(demoted.key(), () -> look(demoted));
    }
    for (WritableReplicas.Verdict verdict : kept.news()) {
      inHand(verdict.server().key(), () -> kept.act(verdict));
    }
  }

  /** Unless it is already. */
  private void inHand(InstanceKey key, Runnable work) {
    if (inHand.add(key)) {
      Thread.ofVirtual()
          .name("demoted-" + key)
          .start(() -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              log.error("Looking at the demoted {} failed", key, e);
            } finally {
              inHand.remove(key);
            }
          });
    }
  }

  private void look(DemotedMaster demoted) {
    ProbeResult result = discovery.probeNow(demoted.key(), ProbeDepth.REGULAR).join();
    Optional<Leadership> leadership = ports.consensus().leadership();
    if (!(result instanceof ProbeResult.Seen seen) || leadership.isEmpty()) {
      return;
    }
    ReplicatedState state = ports.consensus().state();
    if (!state.demoted().containsKey(demoted.key())) {
      return; // released while it was read
    }
    DemotedMasterWatch.Verdict verdict =
        DemotedMasterWatch.judge(
            demoted,
            seen.instance(),
            ports.picture().topology(),
            state,
            rules,
            ports.clock().instant());
    Fence fence = fence(demoted, leadership.get());
    if (!verdict.commands().isEmpty() && leadership.get().isValid()) {
      var outcome = ports.consensus().submit(verdict.commands(), TIMEOUT);
      log.debug("Committed on {}: {}", demoted.key(), outcome);
    }
    verdict.findings().forEach(finding -> tell(demoted.key(), finding));
    for (ServerAction action : verdict.actions()) {
      if (action instanceof ServerAction.ChangeSource change) {
        reattachAgain(change, fence);
      } else if (!perform(action, fence)) {
        return; // what comes after it has no sense without it
      }
    }
  }

  private Fence fence(DemotedMaster demoted, Leadership leadership) {
    return new Fence(node.name(), leadership, "demoted by " + demoted.recoveryUid());
  }

  /**
   * Makes an old master a replica of its successor, because a person asks for it.
   *
   * @param by who asks
   * @return empty when this node does not lead
   */
  public Optional<ActionOutcome> reattach(DemotedMaster demoted, String by) {
    ProbeResult result = discovery.probeNow(demoted.key(), ProbeDepth.REGULAR).join();
    Optional<Leadership> leadership = ports.consensus().leadership();
    if (leadership.isEmpty()) {
      return Optional.empty();
    }
    if (!(result instanceof ProbeResult.Seen seen)) {
      return Optional.of(new ActionOutcome.NotApplied(demoted.key() + " does not answer"));
    }
    ReturnedMaster returned =
        new ReturnedMaster(
            demoted, seen.instance(), ports.picture().topology(), ports.consensus().state());
    Optional<String> obstacle = returned.obstacle(rules.replication());
    return Optional.of(
        obstacle
            .<ActionOutcome>map(why -> new ActionOutcome.NotApplied(demoted.key() + ": " + why))
            .orElseGet(
                () -> reattach(returned.reattachment(), fence(demoted, leadership.get()), by)));
  }

  /** One that failed is not tried again at once. */
  private void reattachAgain(ServerAction.ChangeSource change, Fence fence) {
    Instant now = ports.clock().instant();
    if (now.isBefore(retryAfter.getOrDefault(change.target(), Instant.MIN))) {
      return;
    }
    ActionOutcome outcome = reattach(change, fence, "ReattachReturnedMasters");
    if (outcome instanceof ActionOutcome.Applied) {
      retryAfter.remove(change.target());
    } else {
      retryAfter.put(change.target(), now.plus(RETRY));
    }
  }

  private ActionOutcome reattach(ServerAction.ChangeSource change, Fence fence, String by) {
    if (!fence.right().isValid()) {
      return new ActionOutcome.NotApplied("this manager does not lead any more");
    }
    ActionOutcome outcome = ports.servers().perform(change, fence, REATTACH_TIMEOUT);
    String end =
        switch (outcome) {
          case ActionOutcome.Applied(Instance after, _) -> {
            ports.picture().recordSeen(change.target(), after);
            yield "it replicates from " + change.source();
          }
          case ActionOutcome.NotApplied(String reason) -> "not done: " + reason;
          case ActionOutcome.Unknown(String reason) -> "perhaps done: " + reason;
        };
    log.info("Reattaching {}, for {}: {}", change.target(), by, end);
    ports.trail().record("reattach-demoted-master", change.target(), end + ", by " + by);
    return outcome;
  }

  private void tell(InstanceKey key, Finding finding) {
    switch (finding) {
      case Finding.Writable(String text) -> {
        log.warn("{}", text);
        ports.trail().record(READ_ONLY, key, text);
      }
      case Finding.Compared(String text, boolean lossless) -> {
        log.atLevel(lossless ? Level.INFO : Level.WARN).log("{}", text);
        ports.trail().record("compare-old-master", key, text);
      }
      case Finding.Rejoined(String text) -> {
        log.info("{}", text);
        ports.trail().record("release-demoted-master", key, text);
      }
    }
  }

  /** Whether it was done. */
  private boolean perform(ServerAction action, Fence fence) {
    if (!fence.right().isValid()) {
      return false; // whoever leads now watches it
    }
    boolean ending = action instanceof ServerAction.EndClients;
    return switch (ports.servers().perform(action, fence, ending ? END_CLIENTS : SET_READ_ONLY)) {
      case ActionOutcome.Applied(Instance after, String remark) -> {
        ports.picture().recordSeen(action.target(), after);
        if (ending) {
          tell(action, "The connections of its clients were ended", remark);
        }
        yield true;
      }
      case ActionOutcome.NotApplied(String reason) -> failed(action, reason);
      case ActionOutcome.Unknown(String reason) -> failed(action, reason);
    };
  }

  private boolean failed(ServerAction action, String reason) {
    boolean ending = action instanceof ServerAction.EndClients;
    tell(
        action,
        ending
            ? "Not all connections of its clients were ended"
            : "Setting it read-only failed, and is tried again in a second",
        reason);
    return false;
  }

  private void tell(ServerAction action, String what, String detail) {
    String message = detail.isEmpty() ? what : what + ": " + detail;
    log.warn("{}: {}", action.target(), message);
    boolean ending = action instanceof ServerAction.EndClients;
    ports.trail().record(ending ? END_CLIENTS_TYPE : READ_ONLY, action.target(), message);
  }
}
