package orchestrator.server.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.engine.Consensus.Submission;

/**
 * Managers that agree through memory. Who leads is decided by the test, at any moment, also in the
 * middle of a submission.
 */
public final class FakeRaft {
  /** What becomes of a submission, when it is not simply committed. */
  public enum Fate {
    COMMITTED,
    /** Committed, and the answer is lost. */
    UNKNOWN_AND_DONE,
    /** Lost, and nobody knows. */
    UNKNOWN_AND_LOST
  }

  private final List<Member> members = new ArrayList<>();
  private final List<List<Command>> done = new ArrayList<>();
  private ReplicatedState state = ReplicatedState.EMPTY;
  private Optional<Member> leader = Optional.empty();
  private Function<List<Command>, Fate> fates = commands -> Fate.COMMITTED;
  private BiConsumer<List<Command>, Boolean> listener = (commands, done) -> {};
  private long term;
  private long index;

  public synchronized Member member() {
    Member member = new Member();
    members.add(member);
    return member;
  }

  /** This one leads from now on, in a new term, also if it led before. */
  public synchronized void lead(Member member) {
    term++;
    leader = Optional.of(member);
  }

  /** Nobody leads from now on. */
  public synchronized void depose() {
    leader = Optional.empty();
  }

  public synchronized long term() {
    return term;
  }

  public synchronized ReplicatedState state() {
    return state;
  }

  /** All entries that were not refused, in their order. */
  public synchronized List<List<Command>> done() {
    return List.copyOf(done);
  }

  /** Decides about every submission from now on. */
  public synchronized void fates(Function<List<Command>, Fate> newFates) {
    fates = newFates;
  }

  /** What the leader commits by itself; whether it was done. */
  public boolean submitAsLeader(List<Command> commands) {
    Optional<Member> present = leader();
    return present.isPresent()
        && submit(present.get(), commands) instanceof Submission.Committed committed
        && committed.results().stream().allMatch(CommandResult.Done.class::isInstance);
  }

  private synchronized Optional<Member> leader() {
    return leader;
  }

  /** The state that these lead to. */
  public static ReplicatedState stateOf(List<Command> commands) {
    return StateMachine.applyAll(ReplicatedState.EMPTY, commands, new LogPosition(1, 1)).next();
  }

  /** The state becomes another at once, as when a snapshot arrives. */
  public synchronized void jump(ReplicatedState other) {
    state = other;
    members.forEach(member -> member.listeners.forEach(listener -> listener.accept(other)));
  }

  /** Told of each submission before (false) and after (true) it is decided. */
  public synchronized void onSubmit(BiConsumer<List<Command>, Boolean> newListener) {
    listener = newListener;
  }

  private synchronized BiConsumer<List<Command>, Boolean> currentListener() {
    return listener;
  }

  private Submission submit(Member member, List<Command> commands) {
    currentListener().accept(commands, false);
    Submission submission = decide(member, commands);
    currentListener().accept(commands, true);
    return submission;
  }

  private synchronized Submission decide(Member member, List<Command> commands) {
    member.submissions.add(commands);
    if (!isLeading(member)) {
      return new Submission.Rejected("not the leader");
    }
    Fate fate = fates.apply(commands);
    if (fate == Fate.UNKNOWN_AND_LOST) {
      return new Submission.Unknown("lost");
    }
    index++;
    StateMachine.AppliedAll applied =
        StateMachine.applyAll(state, commands, new LogPosition(term, index));
    if (applied.isDone()) {
      done.add(commands);
    }
    jump(applied.next());
    return fate == Fate.UNKNOWN_AND_DONE
        ? new Submission.Unknown("the answer is lost")
        : new Submission.Committed(index, applied.results());
  }

  private synchronized boolean isLeading(Member member) {
    return leader.filter(member::equals).isPresent();
  }

  /** What one manager sees of it. */
  public final class Member implements Consensus {
    private final List<Consumer<ReplicatedState>> listeners = new ArrayList<>();
    private final List<List<Command>> submissions = new ArrayList<>();

    /** All that this one wanted to commit, in vain or not. */
    public List<List<Command>> submissions() {
      synchronized (FakeRaft.this) {
        return List.copyOf(submissions);
      }
    }

    @Override
    public ReplicatedState state() {
      return FakeRaft.this.state();
    }

    @Override
    public Submission submit(List<Command> commands, Duration deadline) {
      return FakeRaft.this.submit(this, commands);
    }

    @Override
    public boolean isShared() {
      return true;
    }

    @Override
    public Optional<Leadership> leadership() {
      synchronized (FakeRaft.this) {
        return isLeading(this) ? Optional.of(new Tenure(this, term)) : Optional.empty();
      }
    }

    @Override
    public void onApplied(Consumer<ReplicatedState> listener) {
      synchronized (FakeRaft.this) {
        listeners.add(listener);
      }
    }

    @Override
    public void close() {}
  }

  private final class Tenure implements Leadership {
    private final Member member;
    private final long ownTerm;

    Tenure(Member member, long ownTerm) {
      this.member = member;
      this.ownTerm = ownTerm;
    }

    @Override
    public long term() {
      return ownTerm;
    }

    @Override
    public boolean isValid() {
      synchronized (FakeRaft.this) {
        return isLeading(member) && term == ownTerm;
      }
    }
  }
}
