package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.Event;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.HostAddresses;
import orchestrator.core.recovery.RecoveryControl;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.RecoveryGate;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins recoveries, runs them to their end, and takes up those that were left open. */
public final class Recoveries {
  private static final Logger log = LoggerFactory.getLogger(Recoveries.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  /**
   * The control bounds each of its waits; this bounds the wait for its next event, should one get
   * lost.
   */
  private static final Duration LONGEST_SILENCE = Duration.ofHours(25);

  /**
   * A recovery that failed, and blocks nothing, is not attempted again at once: the process that
   * forbade it would be run each second.
   */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final RecoveryPorts ports;
  private final Rules rules;
  private final AddressBook addressBook;
  private final String node;
  private final BiConsumer<RecoveryGate.Request, RecoveryGate.Block> onBlocked;
  private final Map<String, CompletableFuture<RecoveryTicket>> running = new ConcurrentHashMap<>();
  private final Map<InstanceKey, Instant> retryAfter = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param masters {@code RecoverMasterClusterFilters}
   * @param intermediateMasters {@code RecoverIntermediateMasterClusterFilters}
   */
  public record Rules(
      RecoveryPolicy policy, ClusterRule masters, ClusterRule intermediateMasters) {}

  /** What came of the wish to begin one. */
  public sealed interface Begun {
    /**
     * It runs.
     *
     * @param end completes with the record when it is over, closed or left open
     */
    record Running(String uid, CompletableFuture<RecoveryTicket> end) implements Begun {}

    record Refused(String reason) implements Begun {}

    default Optional<String> refusal() {
      return this instanceof Refused refused ? Optional.of(refused.reason()) : Optional.empty();
    }
  }

  /**
   * @param onBlocked told when an automatic recovery is held back by another
   */
  public Recoveries(
      RecoveryPorts ports,
      Rules rules,
      AddressBook addressBook,
      String node,
      BiConsumer<RecoveryGate.Request, RecoveryGate.Block> onBlocked) {
    this.ports = ports;
    this.rules = rules;
    this.addressBook = addressBook;
    this.node = node;
    this.onBlocked = onBlocked;
  }

  /**
   * Opens a recovery and runs it in the background.
   *
   * @param uid given to hooks; the same from detection to end
   * @param together commands that are committed with the ticket, before it
   */
  public Begun begin(
      FailureCase failure, RecoveryOrigin origin, String uid, List<Command> together) {
    Optional<Leadership> leadership = ports.consensus().leadership();
    if (leadership.isEmpty()) {
      return new Begun.Refused("this node does not lead");
    }
    Instant now = ports.clock().instant();
    Circumstances circumstances = circumstances(failure);
    List<Gate> gates = RecoveryGates.of(circumstances, origin, ports.consensus().state(), now);
    // The detection is found when the ticket is applied: it may be committed with it.
    RecoveryTicket ticket = RecoveryPlanner.openTicket(circumstances, origin, uid, 0, now);
    List<Command> commands = new ArrayList<>(together);
    Optional<String> refusal = refusal(ticket, gates, now);
    if (refusal.isPresent()) {
      if (!commands.isEmpty()) {
        ports.consensus().submit(commands, COMMIT_TIMEOUT);
      }
      return new Begun.Refused(refusal.get());
    }
    commands.add(new Command.OpenRecovery(ticket));
    return switch (ports.consensus().submit(commands, COMMIT_TIMEOUT)) {
      case Submission.Rejected rejected -> new Begun.Refused(rejected.reason());
      case Submission.Unknown unknown ->
          // If it was opened after all, it is found open and taken up later.
          new Begun.Refused("it is unknown whether it was begun: " + unknown.reason());
      case Submission.Committed committed ->
          switch (committed.results().getLast()) {
            case CommandResult.Refused refused -> new Begun.Refused(refused.reason());
            case CommandResult.Done ignored -> run(uid, circumstances, leadership.get(), false);
          };
    };
  }

  /** Why a recovery does not begin; empty when nothing stands in its way. */
  private Optional<String> refusal(RecoveryTicket ticket, List<Gate> gates, Instant now) {
    RecoveryGate.Request request = RecoveryGate.Request.of(ticket);
    Optional<RecoveryGate.Block> block = RecoveryGate.blockOf(ports.consensus().state(), request);
    block.ifPresent(found -> onBlocked.accept(request, found));
    if (!RecoveryGates.allOpen(gates)) {
      return Optional.of(RecoveryGates.refusal(gates));
    }
    Instant retry = retryAfter.getOrDefault(ticket.failed(), Instant.MIN);
    if (ticket.origin().automatic() && now.isBefore(retry)) {
      return Optional.of("the last attempt failed; the next one is not before " + retry);
    }
    return Optional.empty();
  }

  /**
   * Takes up every open recovery that does not run here: after a restart, or on a new leader. Does
   * nothing while this node does not lead.
   */
  public void resumeOpen() {
    Optional<Leadership> leadership = ports.consensus().leadership();
    if (closed || leadership.isEmpty()) {
      return;
    }
    for (RecoveryTicket ticket : ports.consensus().state().recoveries().values()) {
      if (ticket.isOpen() && !running.containsKey(ticket.uid())) {
        log.warn(
            "Going on with recovery {} of {}, begun at {}",
            ticket.uid(),
            ticket.failed(),
            ticket.started());
        FailureCase failure =
            FailureCase.ofTicket(
                ticket,
                rules.masters().matches(ticket.clusterName(), ticket.clusterAlias()),
                rules.intermediateMasters().matches(ticket.clusterName(), ticket.clusterAlias()));
        var _ = run(ticket.uid(), circumstances(failure), leadership.get(), true);
      }
    }
  }

  /** Starts no more; those that run stop at their next commit, and are taken up later. */
  public void close() {
    closed = true;
  }

  /** What a recovery that begins now would know. */
  public Circumstances circumstances(FailureCase failure) {
    return Circumstances.of(
        failure,
        ports.picture().topology(),
        ports.consensus().state(),
        rules.policy(),
        addresses(failure),
        node,
        ports.clock().instant());
  }

  private Begun run(
      String uid, Circumstances circumstances, Leadership leadership, boolean resumed) {
    CompletableFuture<RecoveryTicket> end = new CompletableFuture<>();
    if (running.putIfAbsent(uid, end) != null) {
      return new Begun.Refused("it runs already");
    }
    RecoveryTicket ticket = find(uid).orElseThrow();
    Thread.ofVirtual()
        .name("recovery-" + ticket.failed())
        .start(() -> {
          try {
            play(ticket, circumstances, leadership, resumed);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            log.error("Recovery {} ended unexpectedly; it is taken up again", uid, e);
          } finally {
            running.remove(uid);
            end.complete(find(uid).orElse(ticket));
          }
        });
    return new Begun.Running(uid, end);
  }

  private void play(
      RecoveryTicket ticket, Circumstances circumstances, Leadership leadership, boolean resumed)
      throws InterruptedException {
    Fence fence = new Fence(node, leadership.term(), "recovery " + ticket.uid());
    try (EffectPlayer player = new EffectPlayer(ports, leadership, fence)) {
      RecoveryControl.Decision decision =
          resumed
              ? RecoveryControl.resume(ticket, circumstances, ports.clock().instant())
              : RecoveryControl.start(ticket, circumstances, ports.clock().instant());
      while (true) {
        decision.effects().forEach(player::play);
        Optional<Effect.Finished> finished = finished(decision.effects());
        if (finished.isPresent()) {
          report(ticket, finished.get());
          if (!finished.get().successful()) {
            retryAfter.put(ticket.failed(), ports.clock().instant().plus(RETRY));
          }
          return;
        }
        Event event = player.events().poll(LONGEST_SILENCE.toSeconds(), TimeUnit.SECONDS);
        if (event == null || closed) {
          return;
        }
        decision = RecoveryControl.step(decision.state(), event, ports.clock().instant());
      }
    }
  }

  private static Optional<Effect.Finished> finished(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Finished.class::isInstance)
        .map(Effect.Finished.class::cast)
        .findFirst();
  }

  private static void report(RecoveryTicket ticket, Effect.Finished end) {
    String result = end.closed() ? (end.successful() ? "succeeded" : "failed") : "left open";
    log.warn("Recovery {} of {} {}: {}", ticket.uid(), ticket.failed(), result, end.reason());
  }

  private Optional<RecoveryTicket> find(String uid) {
    return Optional.ofNullable(ports.consensus().state().recoveries().get(uid));
  }

  private Map<String, HostAddresses> addresses(FailureCase failure) {
    Map<String, HostAddresses> addresses = new HashMap<>();
    for (InstanceKey replica : failure.replicas()) {
      addresses.put(replica.hostname(), addressBook.of(replica.hostname()));
    }
    return addresses;
  }
}
