package orchestrator.server.backend;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import orchestrator.core.state.Command;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.codec.StateCodec;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Leadership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consensus of one node with itself: a command log in the store. Submissions that wait together
 * are written in one transaction, with one fsync. Nothing is acknowledged, applied or shown before
 * it is on the disk.
 *
 * <p>When the disk is full or refuses, submissions are rejected and there is no leadership, until
 * writing works again; after an I/O error, which leaves open what the disk holds, until a restart.
 */
public final class StandaloneConsensus implements Consensus {
  private static final Logger LOG = LoggerFactory.getLogger(StandaloneConsensus.class);
  private static final int MAX_BATCH = 256;
  private static final int MAX_ENTRY_BYTES = 16 << 20;
  private static final int ENTRIES_PER_SNAPSHOT = 1000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Writer writer;
  private final StateCodec codec;
  private final CommandLog log;
  private final HistoryProjection history;
  private final long term;
  private final ConcurrentLinkedQueue<Proposal> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final List<Consumer<ReplicatedState>> listeners = new CopyOnWriteArrayList<>();
  private volatile ReplicatedState state;
  private volatile Optional<String> failure = Optional.empty();
  private volatile boolean closed;
  // Of the writing thread only:
  private long index;
  private long snapshotIndex;
  private boolean trustEnded;

  /** A transaction of which it is not known whether it was done. */
  private List<Planned> uncertain = List.of();

  private record Start(CommandLog.Position position, long term) {}

  /** What a proposal comes to, if the transaction succeeds. */
  private record Planned(Proposal proposal, long index, StateMachine.AppliedAll applied) {
    Submission committed() {
      return new Submission.Committed(index, applied.results());
    }
  }

  private StandaloneConsensus(SqlBackend backend, CommandLog log, Start start) {
    this.writer = backend.writer();
    this.codec = backend.codec();
    this.log = log;
    this.history = new HistoryProjection(codec);
    this.term = start.term();
    this.state = start.position().state();
    this.index = start.position().index();
    this.snapshotIndex = index - start.position().replayed();
  }

  /**
   * Reads the log, and begins a new term.
   *
   * @param backend where the log is; close it after the consensus
   * @throws BackendException when the log is damaged, or cannot be written
   */
  public static StandaloneConsensus open(SqlBackend backend) {
    CommandLog log = new CommandLog(backend.codec());
    CompletableFuture<Start> started = new CompletableFuture<>();
    backend
        .writer()
        .submitLog(session -> {
          try {
            CommandLog.Position position = session.call(log::load);
            started.complete(new Start(position, nextTerm(session)));
          } catch (SQLException e) {
            started.completeExceptionally(backend.database().unusable(e));
          } catch (RuntimeException e) {
            started.completeExceptionally(e);
          }
        });
    try {
      StandaloneConsensus consensus = new StandaloneConsensus(backend, log, started.join());
      backend.writer().onTick(consensus::probeIfFailed);
      return consensus;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static long nextTerm(Session session) throws SQLException {
    long next = session.call(inside -> Meta.get(inside, Meta.TERM)) + 1;
    session.transaction(inside -> Meta.put(inside, Meta.TERM, next));
    return next;
  }

  @Override
  public ReplicatedState state() {
    return state;
  }

  @Override
  public Optional<Leadership> leadership() {
    return isAvailable() ? Optional.of(new OwnLeadership()) : Optional.empty();
  }

  @Override
  public Optional<String> failure() {
    return failure;
  }

  private boolean isAvailable() {
    return !closed && failure.isEmpty();
  }

  @Override
  public void onApplied(Consumer<ReplicatedState> listener) {
    listeners.add(listener);
  }

  @Override
  public Submission submit(List<Command> commands, Duration deadline) {
    if (writer.isCurrentThread()) {
      throw new IllegalStateException("A listener must not submit: it would wait for itself");
    }
    if (!isAvailable()) {
      return unavailable();
    }
    List<Command> copy = List.copyOf(commands);
    byte[] entry = codec.commands().encode(copy);
    if (entry.length > MAX_ENTRY_BYTES) {
      return new Submission.Rejected(
          "Too large: %d bytes, at most %d".formatted(entry.length, MAX_ENTRY_BYTES));
    }
    Proposal proposal = new Proposal(copy, entry);
    waiting.add(proposal);
    schedule();
    return proposal.await(deadline);
  }

  private Submission.Rejected unavailable() {
    return new Submission.Rejected(failure.orElse("This node is shutting down"));
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      writer.submitLog(this::commitWaiting);
    }
  }

  private void commitWaiting(Session session) {
    scheduled.set(false);
    List<Proposal> batch = takeBatch();
    if (isAvailable()) {
      commit(session, batch);
      snapshotIfDue(session);
    } else {
      batch.forEach(proposal -> proposal.complete(unavailable()));
    }
    if (!waiting.isEmpty()) {
      schedule();
    }
  }

  private List<Proposal> takeBatch() {
    List<Proposal> batch = new ArrayList<>();
    while (batch.size() < MAX_BATCH) {
      Optional<Proposal> next = Optional.ofNullable(waiting.poll());
      if (next.isEmpty()) {
        break;
      }
      next.filter(Proposal::take).ifPresent(batch::add);
    }
    return batch;
  }

  private void commit(Session session, List<Proposal> batch) {
    List<Planned> plan = plan(batch);
    try {
      if (!plan.isEmpty() && plan.getLast().index() > index) {
        session.transaction(inside -> write(inside, plan));
      }
    } catch (Sql.CommitException e) {
      fail(e, session.dialect());
      uncertain = plan;
      String reason = "Perhaps written: " + e.getMessage();
      plan.forEach(planned -> planned.proposal().complete(new Submission.Unknown(reason)));
      return;
    } catch (SQLException e) {
      fail(e, session.dialect());
      plan.forEach(planned -> planned.proposal().complete(unavailable()));
      return;
    }
    plan.forEach(this::publish);
  }

  /** The proposals one after another; those that change nothing get no place in the log. */
  private List<Planned> plan(List<Proposal> batch) {
    List<Planned> plan = new ArrayList<>(batch.size());
    ReplicatedState next = state;
    long nextIndex = index;
    for (Proposal proposal : batch) {
      LogPosition position = new LogPosition(term, nextIndex + 1);
      StateMachine.AppliedAll applied = StateMachine.applyAll(next, proposal.commands(), position);
      if (isWorthWriting(next, proposal.commands(), applied)) {
        nextIndex++;
      }
      plan.add(new Planned(proposal, nextIndex, applied));
      next = applied.next();
    }
    return plan;
  }

  @SuppressWarnings("ReferenceEquality") // the state machine returns the same object for no change
  private static boolean isWorthWriting(
      ReplicatedState before, List<Command> commands, StateMachine.AppliedAll applied) {
    return applied.next() != before
        || (applied.isDone() && commands.stream().anyMatch(HistoryProjection::isAboutHistory));
  }

  private void write(Connection connection, List<Planned> plan) throws SQLException {
    ReplicatedState before = state;
    long last = index;
    for (Planned planned : plan) {
      if (planned.index() > last) {
        last = planned.index();
        Proposal proposal = planned.proposal();
        log.append(connection, last, term, proposal.entry());
        history.write(connection, Traces.of(before, planned.applied().next(), proposal.commands()));
      }
      before = planned.applied().next();
    }
  }

  private void publish(Planned planned) {
    if (planned.index() > index) {
      index = planned.index();
      state = planned.applied().next();
      listeners.forEach(this::tell);
    }
    planned.proposal().complete(planned.committed());
  }

  private void tell(Consumer<ReplicatedState> listener) {
    try {
      listener.accept(state);
    } catch (RuntimeException e) {
      LOG.error("A listener of the replicated state failed", e);
    }
  }

  private void fail(SQLException e, Dialect dialect) {
    trustEnded = trustEnded || dialect.endsTrust(e);
    fail(
        "%s: %s%s"
            .formatted(
                e.getMessage(),
                dialect.advice(e),
                trustEnded ? ", then restart this node" : "; this node goes on by itself"));
  }

  private void fail(String reason) {
    failure = Optional.of("Cannot write the command log: " + reason);
    LOG.error("{}", failure.get());
  }

  private void probeIfFailed() {
    if (failure.isPresent() && !trustEnded && !closed) {
      writer.submitLog(this::probe);
    }
  }

  private void probe(Session session) {
    try {
      Meta.probe(session);
      settle(session.call(log::lastIndex));
    } catch (SQLException e) {
      LOG.debug("The command log still cannot be written: {}", e.getMessage());
    }
  }

  /**
   * What came of a commit that was not answered, and whether the log is still the one we know.
   *
   * @param last entry that the store has
   */
  private void settle(long last) {
    if (last != index) {
      if (uncertain.isEmpty() || uncertain.getLast().index() != last) {
        trustEnded = true;
        fail("it ends at entry %d instead of %d: restart this node".formatted(last, index));
        return;
      }
      uncertain.forEach(this::publish);
    }
    uncertain = List.of();
    failure = Optional.empty();
    LOG.info("The command log can be written again");
  }

  private void snapshotIfDue(Session session) {
    if (index - snapshotIndex >= ENTRIES_PER_SNAPSHOT) {
      snapshot(session);
    }
  }

  private void snapshot(Session session) {
    try {
      session.transaction(inside -> log.snapshot(inside, index, state));
      snapshotIndex = index;
    } catch (SQLException e) {
      LOG.error("Cannot write a snapshot; the log grows until it works: {}", e.getMessage());
    }
  }

  /**
   * Rejects what waits. Leaves a snapshot, so that a newer version need not replay old commands.
   */
  @Override
  public void close() {
    closed = true;
    CompletableFuture<Void> done = new CompletableFuture<>();
    writer.submitLog(session -> {
      commitWaiting(session);
      if (index > snapshotIndex && failure.isEmpty()) {
        snapshot(session);
      }
      done.complete(null);
    });
    done.completeOnTimeout(null, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** Holds as long as this node can write. */
  private final class OwnLeadership implements Leadership {
    @Override
    public long term() {
      return term;
    }

    @Override
    public boolean isValid() {
      return isAvailable();
    }
  }
}
