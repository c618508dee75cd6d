package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.DemotedMasterWatch;
import orchestrator.core.recovery.DemotedMasterWatch.Finding;
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
 * start it again, writable, at any time.
 */
public final class DemotedMasters {
  private static final Logger log = LoggerFactory.getLogger(DemotedMasters.class);
  private static final String READ_ONLY = "read-only";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryPorts ports;
  private final Discovery discovery;
  private final boolean useSuperReadOnly;
  private final NodeInfo node;
  private final Set<InstanceKey> inHand = ConcurrentHashMap.newKeySet();

  public DemotedMasters(
      RecoveryPorts ports, Discovery discovery, boolean useSuperReadOnly, NodeInfo node) {
    this.ports = ports;
    this.discovery = discovery;
    this.useSuperReadOnly = useSuperReadOnly;
    this.node = node;
  }

  /** Begins to look at each of them that is not being looked at already. */
  public void look() {
    if (ports.consensus().leadership().isEmpty()) {
      return;
    }
    for (DemotedMaster demoted : ports.consensus().state().demoted().values()) {
      if (inHand.add(demoted.key())) {
        Thread.ofVirtual()
            .name("demoted-" + demoted.key())
            .start(() -> {
              try {
                look(demoted);
              } catch (RuntimeException e) {
                log.error("Looking at the demoted {} failed", demoted.key(), e);
              } finally {
                inHand.remove(demoted.key());
              }
            });
      }
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
            Optional.<RecoveryTicket>ofNullable(state.recoveries().get(demoted.recoveryUid())),
            useSuperReadOnly);
    Fence fence = new Fence(node.name(), leadership.get(), "demoted by " + demoted.recoveryUid());
    verdict.actions().forEach(action -> perform(action, fence));
    if (!verdict.commands().isEmpty() && leadership.get().isValid()) {
      var outcome = ports.consensus().submit(verdict.commands(), TIMEOUT);
      log.debug("Committed on {}: {}", demoted.key(), outcome);
    }
    verdict.findings().forEach(finding -> tell(demoted.key(), finding));
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

  private void perform(ServerAction action, Fence fence) {
    if (!fence.right().isValid()) {
      return; // whoever leads now watches it
    }
    switch (ports.servers().perform(action, fence, TIMEOUT)) {
      case ActionOutcome.Applied(Instance after) ->
          ports.picture().recordSeen(action.target(), after);
      case ActionOutcome.NotApplied(String reason) -> failed(action, reason);
      case ActionOutcome.Unknown(String reason) -> failed(action, reason);
    }
  }

  private void failed(ServerAction action, String reason) {
    String message = "Setting it read-only failed, and is tried again in a second: " + reason;
    log.warn("{}: {}", action.target(), message);
    ports.trail().record(READ_ONLY, action.target(), message);
  }
}
