package orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.simulation.SimServer.Health;
import orchestrator.simulation.judge.Fact;

/**
 * How managers reach servers. A statement that got no answer may still be executed, until a later
 * one on the same server ends its session: what the named lock does in earnest.
 */
final class Fleet {
  /** Who sends a statement, and by which right. */
  record Sender(int node, long term, String purpose) {}

  private record Statement(long number, Sender sender, ServerAction action) {}

  private final World world;
  private final Map<InstanceKey, List<Statement>> stuck = new HashMap<>();
  private final Map<InstanceKey, Long> lateMillis = new HashMap<>();
  private long statements;

  Fleet(World world) {
    this.world = world;
  }

  Instance read(SimServer server, long began) {
    world.replicator.upToDate(server);
    return Reading.of(
        server,
        world.instant(),
        Duration.ofMillis(world.now() - began),
        world.replicator.semiSyncClients(server));
  }

  /** A request, and its answer or none. */
  private static final class Call<T> {
    private final Consumer<T> answer;
    private boolean over;

    Call(Consumer<T> answer) {
      this.answer = answer;
    }

    void finish(T result) {
      if (!over) {
        over = true;
        answer.accept(result);
      }
    }
  }

  void probe(int node, InstanceKey key, long deadline, Consumer<ProbeResult> answer) {
    SimServer server = world.server(key);
    int site = world.siteOf(node);
    long began = world.now();
    Call<ProbeResult> call = new Call<>(answer);
    world.queue.after(
        deadline, () -> call.finish(failed(key, ProbeResult.Failure.TIMEOUT, "is silent")));
    OptionalLong there = world.network.transit(site, server.index);
    if (there.isEmpty()) {
      return;
    }
    world.queue.after(
        there.getAsLong() + server.latencyMillis,
        () -> {
          if (server.health == Health.GONE || server.health == Health.HUNG) {
            return;
          }
          ProbeResult result =
              server.health == Health.DEAD
                  ? failed(key, ProbeResult.Failure.CONNECTION_REFUSED, "refuses connections")
                  : server.refusing
                      ? failed(key, ProbeResult.Failure.TOO_MANY_CONNECTIONS, "is too busy")
                      : new ProbeResult.Seen(read(server, began));
          world
              .network
              .transit(server.index, site)
              .ifPresent(back -> world.queue.after(back, () -> call.finish(result)));
        });
  }

  private static ProbeResult failed(InstanceKey key, ProbeResult.Failure how, String what) {
    return new ProbeResult.Failed(key, how, key + " " + what, false);
  }

  void perform(Sender sender, ServerAction action, long timeout, Consumer<ActionOutcome> answer) {
    SimServer server = world.server(action.target());
    int site = world.siteOf(sender.node());
    Statement statement = new Statement(statements++, sender, action);
    world.note(new Fact.Sent(world.now(), sender.node(), sender.term(), sender.purpose(), action));
    Call<ActionOutcome> call = new Call<>(answer);
    boolean promotes = action instanceof ServerAction.SetReadOnly set && !set.readOnly();
    long late = promotes ? lateMillis.getOrDefault(server.key, 0L) : 0;
    if (promotes) {
      lateMillis.remove(server.key);
    }
    OptionalLong there = world.network.transit(site, server.index);
    boolean connected = there.isPresent() || world.random.nextBoolean();
    world.queue.after(
        timeout,
        () ->
            call.finish(
                connected
                    ? new ActionOutcome.Unknown(server.key + " did not answer")
                    : new ActionOutcome.NotApplied(server.key + " cannot be reached")));
    there.ifPresent(millis ->
        world.queue.after(
            millis + server.latencyMillis + late, () -> arrive(server, site, statement, call)));
  }

  private void arrive(SimServer server, int site, Statement statement, Call<ActionOutcome> call) {
    switch (server.health) {
      case GONE -> {}
      case HUNG -> stuck.computeIfAbsent(server.key, k -> new ArrayList<>()).add(statement);
      case DEAD -> reply(server, site, call, new ActionOutcome.NotApplied(server.key + " refused"));
      case WELL -> {
        if (server.refusing) {
          reply(server, site, call, new ActionOutcome.NotApplied(server.key + " is too busy"));
        } else if (execute(server, statement)) {
          reply(server, site, call, new ActionOutcome.Applied(read(server, world.now())));
        }
      }
    }
  }

  private void reply(SimServer server, int site, Call<ActionOutcome> call, ActionOutcome outcome) {
    world
        .network
        .transit(server.index, site)
        .ifPresent(back -> world.queue.after(back, () -> call.finish(outcome)));
  }

  /** Its session was ended by a later one. */
  private static boolean isFenced(SimServer server, Statement statement) {
    return statement.number() < server.lastStatement;
  }

  /** False when its session was ended by a later one. */
  private boolean execute(SimServer server, Statement statement) {
    if (isFenced(server, statement)) {
      return false;
    }
    server.lastStatement = Math.max(server.lastStatement, statement.number());
    world.replicator.upToDate(server);
    server.execute(statement.action(), world.now());
    if (statement.action() instanceof ServerAction.InjectMarker marker && !server.readOnly) {
      world.logs.mark(world.clients.commit(server, false), marker.statement());
    }
    world.replicator.connectAtOnce(server);
    Sender sender = statement.sender();
    world.note(
        new Fact.Executed(
            world.now(), sender.node(), sender.term(), sender.purpose(), statement.action()));
    return true;
  }

  /** It answers again: what was sent meanwhile is executed now, unless a later session ended it. */
  void thaw(SimServer server) {
    if (server.health == Health.HUNG) {
      server.health = Health.WELL;
      server.appliedUntil = world.now();
      server.lastHeard = world.now();
      List<Statement> waiting = stuck.getOrDefault(server.key, new ArrayList<>());
      stuck.remove(server.key);
      boolean reversed = world.random.nextBoolean();
      (reversed ? waiting.reversed() : waiting).forEach(statement -> execute(server, statement));
    }
  }

  /** The next statement that makes the server writable is so long on its way. */
  void delayPromotion(InstanceKey key, long millis) {
    lateMillis.put(key, millis);
  }

  /** Nothing that managers have sent before is executed any more: somebody has seen to it. */
  void endStatements(SimServer server) {
    server.lastStatement = Math.max(server.lastStatement, statements);
  }

  void dropStuck(SimServer server) {
    stuck.remove(server.key);
  }
}
