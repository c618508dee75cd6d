package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import orchestrator.core.recovery.WritableReplicas;
import orchestrator.core.recovery.WritableReplicas.Verdict;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.discovery.Discovery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps servers read-only that replicate and are not to take writes, as long as they do. Each is
 * read once more before anything is done, and so is the master that takes writes beside it: a
 * person may have moved the writes from one to the other since the last poll.
 */
final class KeptReplicas {
  private static final Logger log = LoggerFactory.getLogger(KeptReplicas.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryPorts ports;
  private final Discovery discovery;
  private final boolean useSuperReadOnly;
  private final NodeInfo node;
  private final BiConsumer<ServerAction, Fence> perform;

  /** Those of which nothing more is to be said until they have changed. */
  private final Set<Verdict> told = ConcurrentHashMap.newKeySet();

  KeptReplicas(
      RecoveryPorts ports,
      Discovery discovery,
      boolean useSuperReadOnly,
      NodeInfo node,
      BiConsumer<ServerAction, Fence> perform) {
    this.ports = ports;
    this.discovery = discovery;
    this.useSuperReadOnly = useSuperReadOnly;
    this.node = node;
    this.perform = perform;
  }

  /** What was not told yet. */
  List<Verdict> news() {
    List<Verdict> found = found();
    told.retainAll(found);
    return found.stream().filter(verdict -> !told.contains(verdict)).toList();
  }

  private List<Verdict> found() {
    return WritableReplicas.among(
        ports.picture().topology(), ports.consensus().state(), ports.clock().instant());
  }

  /** Does what follows, if another reading finds the same. */
  void act(Verdict verdict) {
    InstanceKey key = verdict.server().key();
    var readings =
        Stream.concat(Stream.of(key), verdict.master().stream())
            .map(server -> discovery.probeNow(server, ProbeDepth.REGULAR))
            .toList();
    readings.forEach(CompletableFuture::join);
    Optional<Leadership> leadership = ports.consensus().leadership();
    if (leadership.isEmpty() || !found().contains(verdict)) {
      return;
    }
    switch (verdict.finding()) {
      case TAKES_WRITES -> {
        tell(verdict);
        String purpose = "kept read-only since recovery " + verdict.server().recoveryUid();
        perform.accept(
            new ServerAction.SetReadOnly(key, true, useSuperReadOnly),
            new Fence(node.name(), leadership.get(), purpose));
      }
      case IS_MASTER -> {
        Submission end = ports.consensus().submit(List.of(new Command.EndReadOnly(key)), TIMEOUT);
        if (end instanceof Submission.Committed) {
          tell(verdict);
        }
      }
      case UNCLEAR -> {
        tell(verdict);
        told.add(verdict);
      }
    }
  }

  private void tell(Verdict verdict) {
    log.warn("{}", verdict.text());
    ports.trail().record(DemotedMasters.READ_ONLY, verdict.server().key(), verdict.text());
  }
}
