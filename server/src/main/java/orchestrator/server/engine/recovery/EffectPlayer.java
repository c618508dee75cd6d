package orchestrator.server.engine.recovery;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.recovery.Effect;
import orchestrator.core.recovery.Event;
import orchestrator.core.recovery.LogAnswer;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Hooks;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the effects of one recovery: each on a virtual thread of its own, commits in order. Answers
 * arrive in {@link #events()}.
 */
final class EffectPlayer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EffectPlayer.class);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryPorts ports;
  private final Leadership leadership;
  private final Fence fence;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Effect.Commit> commits = new LinkedBlockingQueue<>();
  private final Thread committer;
  private volatile boolean closed;

  EffectPlayer(RecoveryPorts ports, Leadership leadership, Fence fence) {
    this.ports = ports;
    this.leadership = leadership;
    this.fence = fence;
    this.committer = Thread.ofVirtual().name("recovery-commits").start(this::commitInOrder);
  }

  BlockingQueue<Event> events() {
    return events;
  }

  void play(Effect effect) {
    log.debug("recovery: {}", effect);
    switch (effect) {
      case Effect.Commit commit -> commits.add(commit);
      case Effect.Perform perform -> inBackground("perform", () -> perform(perform));
      case Effect.Probe probe -> inBackground("probe", () -> probe(probe));
      case Effect.ReadLog read -> inBackground("read-log", () -> readLog(read));
      case Effect.RunHook hook -> inBackground("hook", () -> run(hook));
      case Effect.WakeAt wake -> inBackground("wake", () -> wake(wake));
      case Effect.Finished ignored -> {}
    }
  }

  /** A leadership of a later term, even of this manager, is not ours: that run is another. */
  private boolean mayAct() {
    return !closed && leadership.isValid();
  }

  private String notLeading() {
    return "this manager does not lead in term " + leadership.term() + " any more";
  }

  private void answer(Event event) {
    log.debug("recovery: {}", event);
    events.add(event);
  }

  /**
   * Begins nothing more. What is under way ends by itself in its own time: what it changes is what
   * its run was to change, and whoever goes on looks at the servers first.
   */
  @Override
  public void close() {
    closed = true;
    committer.interrupt();
  }

  private static void inBackground(String name, Runnable work) {
    Thread.ofVirtual().name("recovery-" + name).start(work);
  }

  private void commitInOrder() {
    try {
      while (true) {
        Effect.Commit commit = commits.take();
        answer(commit(commit));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Event commit(Effect.Commit commit) {
    if (!mayAct()) {
      return new Event.CommitRejected(commit.id(), notLeading());
    }
    try {
      return switch (ports.consensus().submit(commit.commands(), COMMIT_TIMEOUT)) {
        case Submission.Committed committed ->
            new Event.Committed(commit.id(), committed.results());
        case Submission.Rejected rejected ->
            new Event.CommitRejected(commit.id(), rejected.reason());
        case Submission.Unknown unknown -> new Event.CommitUnknown(commit.id(), unknown.reason());
      };
    } catch (RuntimeException e) {
      log.error("A commit of a recovery ended unexpectedly", e);
      return new Event.CommitUnknown(commit.id(), e.toString());
    }
  }

  private void perform(Effect.Perform perform) {
    answer(new Event.ActionFinished(perform.id(), outcomeOf(perform)));
  }

  private ActionOutcome outcomeOf(Effect.Perform perform) {
    if (!mayAct()) {
      return new ActionOutcome.NotApplied(
          "not sent to " + perform.action().target() + ": " + notLeading());
    }
    try {
      ActionOutcome outcome = ports.servers().perform(perform.action(), fence, perform.timeout());
      if (outcome instanceof ActionOutcome.Applied applied) {
        ports.picture().recordSeen(perform.action().target(), applied.after());
      }
      return outcome;
    } catch (RuntimeException e) {
      log.error("{} ended unexpectedly", perform.action(), e);
      return new ActionOutcome.Unknown(perform.action().target() + ": " + e);
    }
  }

  private void probe(Effect.Probe probe) {
    answer(answerOf(probe));
  }

  private Event answerOf(Effect.Probe probe) {
    InstanceKey key = probe.key();
    try {
      ProbeResult result = ports.servers().probe(key, Servers.ProbeDepth.URGENT, probe.timeout());
      return switch (result) {
        case ProbeResult.Seen seen -> {
          ports.picture().recordSeen(key, seen.instance());
          yield new Event.Probed(probe.id(), seen.instance());
        }
        case ProbeResult.Failed failed -> new Event.ProbeFailed(probe.id(), failed.reason());
        case ProbeResult.Skipped skipped -> new Event.ProbeFailed(probe.id(), skipped.reason());
      };
    } catch (RuntimeException e) {
      log.error("Probe of {} ended unexpectedly", key, e);
      return new Event.ProbeFailed(probe.id(), key + ": " + e);
    }
  }

  private void readLog(Effect.ReadLog read) {
    LogAnswer answer;
    try {
      answer = read.question().answer(ports.servers().logs(read.timeout()));
    } catch (RuntimeException e) {
      log.error("{} ended unexpectedly", read.question(), e);
      answer = read.question().unanswered(e.toString());
    }
    answer(new Event.LogRead(read.id(), answer));
  }

  private void run(Effect.RunHook hook) {
    if (!mayAct()) {
      return; // whoever leads now runs it
    }
    Hooks.Result result = ports.hooks().run(hook.command(), hook.environment(), hook.timeout());
    HookPoint point = hook.point();
    if (result.isSuccessful()) {
      log.info("{}[{}] succeeded in {}", point.configurationKey(), hook.index(), result.duration());
    } else {
      log.warn(
          "{}[{}] failed ({}): {}",
          point.configurationKey(),
          hook.index(),
          result.timedOut() ? "killed after " + hook.timeout() : "exit " + result.exitCode(),
          result.output());
    }
    String output =
        result.timedOut()
            ? "killed: it did not end within "
                + hook.timeout().toSeconds()
                + " s. "
                + result.output()
            : result.output();
    answer(new Event.HookFinished(hook.id(), result.isSuccessful(), result.duration(), output));
  }

  private void wake(Effect.WakeAt wake) {
    try {
      Duration wait = Duration.between(ports.clock().instant(), wake.at());
      if (wait.isPositive()) {
        Thread.sleep(wait);
      }
      answer(new Event.Woken(wake.id()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
