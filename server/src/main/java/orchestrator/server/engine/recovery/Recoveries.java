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
import java.util.function.Consumer;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.Gate;
import orchestrator.core.recovery.HostAddresses;
import orchestrator.core.recovery.LossGuard;
import orchestrator.core.recovery.RecoveryGates;
import orchestrator.core.recovery.RecoveryPlanner;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.RecoveryGate;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.History.BlockedRecovery;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.NodeInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins recoveries, runs them to their end, and takes up those that were left open. */
public final class Recoveries {
  private static final Logger log = LoggerFactory.getLogger(Recoveries.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  /**
   * A recovery that failed, and blocks nothing, is not attempted again at once: the process that
   * forbade it would be run each second.
   */
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final RecoveryPorts ports;
  private final Rules rules;
  private final AddressBook addressBook;
  private final NodeInfo node;
  private final Consumer<BlockedRecovery> onBlocked;
  private final Map<String, CompletableFuture<RecoveryTicket>> running = new ConcurrentHashMap<>();
  private final WaitingRecoveries waiting = new WaitingRecoveries();
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
   * @param onBlocked told each time when an automatic recovery is held back
   */
  public Recoveries(
      RecoveryPorts ports,
      Rules rules,
      AddressBook addressBook,
      NodeInfo node,
      Consumer<BlockedRecovery> onBlocked) {
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
    Circumstances circumstances = circumstances(failure, leadership.get().term());
    List<Gate> gates = gates(circumstances, origin, now);
    // The detection is found when the ticket is applied: it may be committed with it.
    RecoveryTicket ticket = RecoveryPlanner.openTicket(circumstances, origin, uid, 0, now);
    List<Command> commands = new ArrayList<>(together);
    if (!RecoveryGates.allOpen(gates)) {
      String refusal = RecoveryGates.refusal(gates);
      if (origin.automatic()) {
        noteBlocked(ticket, refusal);
        brakeFor(ticket, gates).ifPresent(commands::add);
      }
      if (!commands.isEmpty()) {
        ports.consensus().submit(commands, COMMIT_TIMEOUT);
      }
      return new Begun.Refused(refusal);
    }
    commands.add(new Command.OpenRecovery(ticket, rules.policy().budget()));
    CompletableFuture<RecoveryTicket> end = new CompletableFuture<>();
    // Before it can be found open: who looks for those that nobody runs must not take this one up.
    if (running.putIfAbsent(uid, end) != null) {
      return new Begun.Refused("it runs already");
    }
    boolean runs = false;
    try {
      Begun begun =
          open(commands, together)
              .orElseGet(() -> start(uid, end, circumstances, leadership.get()));
      runs = begun instanceof Begun.Running;
      return begun;
    } finally {
      if (!runs) {
        over(ticket, end);
      }
    }
  }

  /** Empty when it was opened. */
  private Optional<Begun> open(List<Command> commands, List<Command> together) {
    return switch (ports.consensus().submit(commands, COMMIT_TIMEOUT)) {
      case Submission.Rejected rejected -> Optional.of(new Begun.Refused(rejected.reason()));
      case Submission.Unknown unknown ->
          // If it was opened after all, it is found open and taken up later.
          Optional.of(new Begun.Refused("it is unknown whether it was begun: " + unknown.reason()));
      case Submission.Committed committed ->
          switch (committed.results().getLast()) {
            case CommandResult.Refused refused -> {
              if (!together.isEmpty()) {
                ports.consensus().submit(together, COMMIT_TIMEOUT);
              }
              yield Optional.of(new Begun.Refused(refused.reason()));
            }
            case CommandResult.Done ignored -> Optional.empty();
          };
    };
  }

  /** What an automatic recovery of this failure would have to pass now. */
  public List<Gate> gates(FailureCase failure) {
    return gates(circumstances(failure), RecoveryOrigin.AUTOMATIC, ports.clock().instant());
  }

  private List<Gate> gates(Circumstances circumstances, RecoveryOrigin origin, Instant now) {
    List<Gate> gates =
        new ArrayList<>(RecoveryGates.of(circumstances, origin, ports.consensus().state(), now));
    Instant retry = retryAfter.getOrDefault(circumstances.failure().failed(), Instant.MIN);
    boolean wait = origin.automatic() && now.isBefore(retry);
    gates.add(
        new Gate(
            "retry",
            !wait,
            false,
            wait
                ? "the last attempt failed; the next one is not before " + retry
                : "no attempt failed a moment ago"));
    return gates;
  }

  /**
   * What a person's recovery of this server has to pass: the replicated state, but without a
   * recovery of the same server that only waits, and would give way.
   */
  public ReplicatedState stateForAPerson(InstanceKey failed) {
    return waiting.without(failed, ports.consensus().state(), ports.clock().instant());
  }

  /**
   * Has a recovery of this server end that only waits, since a person asks for another one.
   *
   * @return completes when it has ended; empty when there is none
   */
  public Optional<CompletableFuture<RecoveryTicket>> makeWay(InstanceKey failed) {
    Optional<RecoveryTicket> ticket = waiting.of(failed, ports.consensus().state());
    ticket.ifPresent(waiting::giveWay);
    return ticket.map(RecoveryTicket::uid).map(running::get);
  }

  private void noteBlocked(RecoveryTicket ticket, String reason) {
    long by =
        RecoveryGate.proposalBlockOf(
                ports.consensus().state(), RecoveryGate.Request.of(ticket, rules.policy().budget()))
            .flatMap(RecoveryGate.Block::by)
            .map(RecoveryTicket::id)
            .orElse(0L);
    onBlocked.accept(
        new BlockedRecovery(
            ticket.failed(),
            ticket.clusterName(),
            ticket.analysis(),
            ticket.started(),
            by,
            reason));
  }

  /** It would begin, but for the budget: so many servers do not fail by themselves. */
  private Optional<Command> brakeFor(RecoveryTicket ticket, List<Gate> gates) {
    if (!RecoveryGates.isOnlyOverBudget(gates)) {
      return Optional.empty();
    }
    String message = "The mass-failure brake is pulled: " + RecoveryGates.refusal(gates);
    log.error("{}", message);
    ports.trail().record("pull-recovery-brake", ticket.failed(), message);
    return rules
        .policy()
        .budget()
        .map(budget -> new Command.PullBrake(budget, ticket.failed(), ticket.started()));
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
      CompletableFuture<RecoveryTicket> end = new CompletableFuture<>();
      if (ticket.isOpen() && running.putIfAbsent(ticket.uid(), end) == null) {
        inBackground(ticket, end, () -> resume(ticket, leadership.get()));
      }
    }
  }

  private Optional<Effect.Finished> resume(RecoveryTicket found, Leadership leadership)
      throws InterruptedException {
    Optional<RecoveryTicket> ticket = takeUp(found, leadership);
    if (ticket.filter(RecoveryTicket::isOpen).isEmpty()) {
      return Optional.empty();
    }
    log.warn(
        "Going on with recovery {} of {}, begun at {}",
        found.uid(),
        found.failed(),
        found.started());
    audit(found, "is gone on with, in term " + leadership.term());
    FailureCase failure =
        FailureCase.ofTicket(
            found,
            rules.masters().matches(found.clusterName(), found.clusterAlias()),
            rules.intermediateMasters().matches(found.clusterName(), found.clusterAlias()));
    Circumstances circumstances = circumstances(failure, leadership.term());
    return run(ticket.get(), circumstances, leadership).resume();
  }

  private RecoveryRun run(
      RecoveryTicket ticket, Circumstances circumstances, Leadership leadership) {
    return waiting.tracked(
        ticket.uid(), new RecoveryRun(ports, ticket, circumstances, leadership, () -> closed));
  }

  /**
   * Commits that this manager goes on with it. What an earlier run submitted stands before that in
   * the log, or never will: so the ticket is known as it is. Empty when it could not be committed;
   * then it is tried again.
   */
  private Optional<RecoveryTicket> takeUp(RecoveryTicket ticket, Leadership leadership) {
    JournalEntry resumed = new JournalEntry.Resumed(node.name(), leadership.term());
    Command journal =
        new Command.Journal(
            ticket.uid(), List.of(resumed), ports.clock().instant(), leadership.term());
    Submission submission = ports.consensus().submit(List.of(journal), COMMIT_TIMEOUT);
    if (submission instanceof Submission.Committed committed
        && committed.results().getFirst() instanceof CommandResult.Done) {
      return find(ticket.uid());
    }
    log.info("Recovery {} cannot be taken up now: {}", ticket.uid(), submission);
    return Optional.empty();
  }

  /** Starts no more; those that run stop at their next commit, and are taken up later. */
  public void close() {
    closed = true;
  }

  /** What is still known of a failure that another run of the manager announced. */
  public FailureCase caseOf(Detection detection) {
    return FailureCase.ofDetection(
        detection,
        rules.masters().matches(detection.clusterName(), detection.clusterAlias()),
        rules.intermediateMasters().matches(detection.clusterName(), detection.clusterAlias()));
  }

  /** What a recovery that begins now would know. */
  public Circumstances circumstances(FailureCase failure) {
    return circumstances(failure, ports.consensus().leadership().map(Leadership::term).orElse(0L));
  }

  private Circumstances circumstances(FailureCase failure, long term) {
    return Circumstances.of(
        failure,
        ports.picture().topology(),
        ports.consensus().state(),
        policyFor(failure),
        addresses(failure),
        new ActingNode(node.name(), node.hostname(), term),
        ports.clock().instant());
  }

  /** With what a person has accepted to lose. */
  private RecoveryPolicy policyFor(FailureCase failure) {
    RecoveryPolicy policy = rules.policy();
    Optional<GtidDifference> accepted =
        LossGuard.acceptedFor(failure.failed(), ports.consensus().state());
    return accepted.isEmpty() ? policy : policy.with(policy.safety().accepting(accepted));
  }

  private Begun start(
      String uid,
      CompletableFuture<RecoveryTicket> end,
      Circumstances circumstances,
      Leadership leadership) {
    RecoveryTicket ticket = find(uid).orElseThrow();
    audit(ticket, "begins: " + ticket.analysis() + " of cluster " + ticket.clusterName());
    inBackground(ticket, end, () -> run(ticket, circumstances, leadership).start());
    return new Begun.Running(uid, end);
  }

  /** A run of a recovery. Returns how it ended; empty when it was left open. */
  private interface Run {
    Optional<Effect.Finished> play() throws InterruptedException;
  }

  private void inBackground(RecoveryTicket ticket, CompletableFuture<RecoveryTicket> end, Run run) {
    Thread.ofVirtual()
        .name("recovery-" + ticket.failed())
        .start(() -> {
          try {
            run.play()
                .filter(Effect.Finished::closed)
                .ifPresent(finished -> ended(ticket, finished));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (RuntimeException e) {
            log.error("Recovery {} ended unexpectedly; it is taken up again", ticket.uid(), e);
          } finally {
            over(ticket, end);
          }
        });
  }

  /** It runs here no more: if it is open, it may be taken up. */
  private void over(RecoveryTicket ticket, CompletableFuture<RecoveryTicket> end) {
    waiting.ended(ticket.uid());
    running.remove(ticket.uid());
    end.complete(find(ticket.uid()).orElse(ticket));
  }

  private void ended(RecoveryTicket ticket, Effect.Finished end) {
    if (!end.successful() && !ticket.origin().isTakeover()) {
      retryAfter.put(ticket.failed(), ports.clock().instant().plus(RETRY));
    }
    String promoted =
        find(ticket.uid())
            .flatMap(RecoveryTicket::promoted)
            .map(key -> "; promoted " + key)
            .orElse("");
    audit(ticket, (end.successful() ? "succeeded: " : "failed: ") + end.reason() + promoted);
  }

  private void audit(RecoveryTicket ticket, String message) {
    ports
        .trail()
        .record(auditType(ticket), ticket.failed(), "recovery " + ticket.uid() + " " + message);
  }

  private static String auditType(RecoveryTicket ticket) {
    RecoveryOrigin origin = ticket.origin();
    return origin.isTakeover() ? origin.command() : ticket.kind().auditType();
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
