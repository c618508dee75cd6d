package orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Leadership;
import orchestrator.simulation.judge.Fact;

/**
 * The managers' agreement, as seen from above: it knows the network, and so who can lead and what
 * becomes of a proposal. What an old leader proposed and could not commit is decided by the next
 * one, before that is ready: it stands in the log, or never will.
 */
final class SimGroup {
  private static final long TICK = 50;
  private static final long LEASE = 500;
  private static final long ELECTION = 1000;
  private static final long COMMIT_DEADLINE = 10_000;

  private static final class Proposal {
    final int node;
    final long term;
    final List<Command> commands;
    final Consumer<Submission> answer;
    final boolean reachedOthers;
    final boolean answerLost;
    boolean answered;

    Proposal(
        int node,
        long term,
        List<Command> commands,
        Consumer<Submission> answer,
        boolean reachedOthers,
        boolean answerLost) {
      this.node = node;
      this.term = term;
      this.commands = commands;
      this.answer = answer;
      this.reachedOthers = reachedOthers;
      this.answerLost = answerLost;
    }

    void answer(Submission submission) {
      if (!answered) {
        answered = true;
        answer.accept(submission);
      }
    }
  }

  private final World world;
  private final int nodes;
  private final List<ReplicatedState> states = new ArrayList<>();
  private final int[] applied;
  private final long[] ledTerm;
  private final long[] readyAt;
  private final long[] lastQuorum;
  private final List<Proposal> pending = new ArrayList<>();
  private long term;
  private int leader = -1;
  private long electionAt;

  /** While it lasts, leaders do not hear that their proposals were committed. */
  boolean losesAnswers;

  SimGroup(World world, int nodes) {
    this.world = world;
    this.nodes = nodes;
    this.applied = new int[nodes];
    this.ledTerm = new long[nodes];
    this.readyAt = new long[nodes];
    this.lastQuorum = new long[nodes];
    states.add(ReplicatedState.EMPTY);
  }

  /** What was agreed on before the world begins. */
  void begin(List<Command> commands) {
    append(1, commands);
    for (int node = 0; node < nodes; node++) {
      applied[node] = states.size() - 1;
    }
    term = 1;
    tick();
  }

  ReplicatedState state(int node) {
    return states.get(applied[node]);
  }

  /** The state after everything that was agreed on. */
  ReplicatedState latest() {
    return states.getLast();
  }

  /** The node that leads as far as the group is concerned; it may have stopped for its lease. */
  Optional<Integer> leader() {
    return leader >= 0 ? Optional.of(leader) : Optional.empty();
  }

  boolean leads(int node) {
    return ledTerm[node] > 0 && mayAct(node, ledTerm[node]);
  }

  Optional<Leadership> leadership(int node) {
    if (!leads(node)) {
      return Optional.empty();
    }
    long led = ledTerm[node];
    return Optional.of(
        new Leadership() {
          @Override
          public long term() {
            return led;
          }

          @Override
          public boolean isValid() {
            return mayAct(node, led);
          }
        });
  }

  private boolean mayAct(int node, long led) {
    return world.managers.get(node).isUp()
        && ledTerm[node] == led
        && world.now() >= readyAt[node]
        && hasLease(node);
  }

  private boolean hasLease(int node) {
    return world.now() - lastQuorum[node] < LEASE;
  }

  void submit(int node, List<Command> commands, Consumer<Submission> answer) {
    if (!leads(node)) {
      world.queue.after(1, () -> answer.accept(new Submission.Rejected("not the leader")));
      return;
    }
    boolean reached = false;
    for (int other = 0; other < nodes; other++) {
      reached |= other != node && world.network.passes(world.siteOf(node), world.siteOf(other));
    }
    Proposal proposal =
        new Proposal(node, ledTerm[node], List.copyOf(commands), answer, reached, losesAnswers);
    pending.add(proposal);
    world.queue.after(COMMIT_DEADLINE, () -> proposal.answer(new Submission.Unknown("timed out")));
    world.queue.after(2 + world.random.nextInt(4), this::commitPending);
  }

  private void commitPending() {
    if (pending.isEmpty()) {
      return;
    }
    for (Proposal proposal : List.copyOf(pending)) {
      boolean mayCommit =
          proposal.term == term
              && ledTerm[proposal.node] == term
              && world.managers.get(proposal.node).isAwake()
              && hasQuorum(proposal.node);
      if (mayCommit) {
        pending.remove(proposal);
        List<CommandResult> results = append(proposal.term, proposal.commands);
        applied[proposal.node] = states.size() - 1;
        if (!proposal.answerLost && !proposal.answered) {
          world.note(new Fact.Acknowledged(world.now(), states.size() - 1L, proposal.commands));
          proposal.answer(new Submission.Committed(states.size() - 1L, results));
        }
      }
    }
  }

  private List<CommandResult> append(long entryTerm, List<Command> commands) {
    ReplicatedState before = states.getLast();
    LogPosition position = new LogPosition(entryTerm, states.size());
    StateMachine.AppliedAll result = StateMachine.applyAll(before, commands, position);
    states.add(result.next());
    world.note(
        new Fact.Committed(
            world.now(), position, commands, result.results(), before, result.next()));
    return result.results();
  }

  private boolean hasQuorum(int node) {
    int count = 1;
    for (int other = 0; other < nodes; other++) {
      count +=
          other != node
                  && world.managers.get(other).isAwake()
                  && world.network.isWhole(world.siteOf(node), world.siteOf(other))
              ? 1
              : 0;
    }
    return world.managers.get(node).isAwake() && count > nodes / 2;
  }

  void tick() {
    for (int node = 0; node < nodes; node++) {
      if (node == leader && ledTerm[node] == term && hasQuorum(node)) {
        lastQuorum[node] = world.now();
      } else if (ledTerm[node] > 0 && node != leader && hearsLeader(node)) {
        ledTerm[node] = 0;
      }
      if (hearsLeader(node)) {
        applied[node] = states.size() - 1;
      }
    }
    if (leader < 0 || world.now() - lastQuorum[leader] > electionAt) {
      elect();
    }
    commitPending();
    world.queue.after(TICK, this::tick);
  }

  private boolean hearsLeader(int node) {
    return leader >= 0
        && world.managers.get(node).isAwake()
        && world.managers.get(leader).isAwake()
        && world.network.isWhole(world.siteOf(leader), world.siteOf(node))
        && hasQuorum(leader);
  }

  private void elect() {
    List<Integer> able = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      if (hasQuorum(node)) {
        able.add(node);
      }
    }
    if (!able.isEmpty()) {
      install(able.get(world.random.nextInt(able.size())));
    }
  }

  /** The leader hands over to another node that can lead. */
  void handOver() {
    if (leader >= 0 && leads(leader)) {
      int former = leader;
      ledTerm[former] = 0;
      elect();
    }
  }

  private void install(int node) {
    leader = node;
    electionAt = ELECTION + world.random.nextInt(500);
    for (Proposal proposal : List.copyOf(pending)) {
      if (proposal.reachedOthers && world.random.nextBoolean()) {
        append(proposal.term, proposal.commands);
      }
    }
    pending.clear();
    term++;
    ledTerm[node] = term;
    lastQuorum[node] = world.now();
    readyAt[node] = world.now() + 20 + world.random.nextInt(80);
    applied[node] = states.size() - 1;
    world.tell(() -> "n" + node + " leads in term " + term);
  }

  /** The process is gone, and with it its belief to lead. */
  void crashed(int node) {
    ledTerm[node] = 0;
    pending.stream().filter(proposal -> proposal.node == node).forEach(p -> p.answered = true);
  }
}
