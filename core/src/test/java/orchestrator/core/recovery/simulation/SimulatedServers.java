package orchestrator.core.recovery.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import orchestrator.core.recovery.simulation.History.Fact;
import orchestrator.core.recovery.simulation.SimulatedServer.Health;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * The servers, and the network to them. A statement that got no answer may still be executed, until
 * a later action on the same server ends its session: what the named lock does in earnest.
 */
final class SimulatedServers {
  private static final int READS_UNTIL_SILENT = 2;

  private record Statement(long id, ServerAction action) {}

  private final Scenario scenario;
  private final SimulatedClock clock;
  private final Random random;
  private final History history;
  private final Map<InstanceKey, List<Statement>> underWay = new HashMap<>();
  private final Map<InstanceKey, Integer> lostReads = new HashMap<>();
  private long statements;

  /** Servers that something was done to beyond what the control asked for. */
  final Set<InstanceKey> disturbed = new HashSet<>();

  SimulatedServers(Scenario scenario, SimulatedClock clock, Random random, History history) {
    this.scenario = scenario;
    this.clock = clock;
    this.random = random;
    this.history = history;
  }

  void perform(ServerAction action, long timeout, Fault fault, Consumer<ActionOutcome> answer) {
    history.add(new Fact.Asked(action));
    Statement statement = send(action);
    SimulatedServer server = scenario.server(action.target());
    strikeBefore(server, fault);
    long delay = 1L + random.nextInt(3) + server.latencyMillis;
    switch (fault) {
      case REFUSED -> {
        over(statement, server.key);
        disturbed.add(server.key);
        clock.after(delay, () -> answer.accept(refusal(server)));
      }
      case REQUEST_LOST -> {
        over(statement, server.key);
        disturbed.add(server.key);
        clock.after(timeout, () -> answer.accept(silence(server)));
      }
      case DONE_LATER -> {
        disturbed.add(server.key);
        clock.after(timeout + random.nextInt(3000), () -> executeIfUnderWay(server, statement));
        clock.after(timeout, () -> answer.accept(silence(server)));
      }
      default ->
          clock.after(delay, () -> arrive(server, statement, timeout - delay, fault, answer));
    }
  }

  private void arrive(
      SimulatedServer server,
      Statement statement,
      long timeLeft,
      Fault fault,
      Consumer<ActionOutcome> answer) {
    if (server.health == Health.DEAD) {
      over(statement, server.key);
      answer.accept(refusal(server));
      return;
    }
    if (server.health == Health.FROZEN) {
      clock.after(timeLeft, () -> answer.accept(silence(server)));
      return;
    }
    endEarlierSessions(server, statement);
    executeIfUnderWay(server, statement);
    if (timeLeft <= 0 || fault == Fault.ANSWER_LOST) {
      disturbed.add(server.key);
      clock.after(timeLeft, () -> answer.accept(silence(server)));
    } else if (fault == Fault.CRASH_AFTER) {
      crash(server, true);
      answer.accept(silence(server));
    } else {
      ActionOutcome outcome = new ActionOutcome.Applied(read(server));
      clock.after(1, () -> answer.accept(outcome));
    }
  }

  void probe(
      InstanceKey key,
      long timeout,
      Fault fault,
      Consumer<Instance> seen,
      Consumer<String> failed) {
    SimulatedServer server = scenario.server(key);
    strikeBefore(server, fault);
    long delay = 1 + server.latencyMillis;
    boolean lost =
        switch (fault) {
          case REFUSED, REQUEST_LOST, ANSWER_LOST, DONE_LATER -> true;
          default -> false;
        };
    if (lost && lostReads.merge(key, 1, Integer::sum) >= READS_UNTIL_SILENT) {
      // It is as good as gone: who gives it up after two attempts is excused.
      disturbed.add(key);
    }
    clock.after(
        Math.min(delay, timeout),
        () -> {
          if (server.health == Health.WELL && !lost && delay < timeout) {
            seen.accept(read(server));
          } else if (server.health == Health.DEAD) {
            failed.accept(key + " refuses connections");
          } else {
            clock.after(
                timeout - Math.min(delay, timeout), () -> failed.accept(key + " is silent"));
          }
        });
  }

  private void strikeBefore(SimulatedServer server, Fault fault) {
    switch (fault) {
      case CRASH_BEFORE -> crash(server, true);
      case DEATH -> crash(server, false);
      case FREEZE -> freeze(server);
      default -> {}
    }
  }

  private Statement send(ServerAction action) {
    Statement statement = new Statement(statements++, action);
    underWay.computeIfAbsent(action.target(), key -> new ArrayList<>()).add(statement);
    if (action instanceof ServerAction.SetReadOnly set && !set.readOnly()) {
      history.add(new Fact.Threat(action.target(), statement.id()));
    }
    return statement;
  }

  private void over(Statement statement, InstanceKey server) {
    if (underWay.getOrDefault(server, List.of()).remove(statement)) {
      history.add(new Fact.ThreatOver(statement.id()));
    }
  }

  private void executeIfUnderWay(SimulatedServer server, Statement statement) {
    if (server.health == Health.WELL
        && underWay.getOrDefault(server.key, List.of()).contains(statement)) {
      server.advance(clock.now(), scenario.servers, 0);
      server.execute(statement.action(), clock.now());
      history.add(new Fact.Done(statement.action(), server.executed));
      over(statement, server.key);
    }
  }

  /** Some were quicker than that. */
  private void endEarlierSessions(SimulatedServer server, Statement latest) {
    for (Statement earlier : List.copyOf(underWay.getOrDefault(server.key, List.of()))) {
      if (earlier.id() < latest.id()) {
        if (random.nextBoolean()) {
          executeIfUnderWay(server, earlier);
        }
        over(earlier, server.key);
      }
    }
  }

  /**
   * @param back whether it is started again a while later
   */
  void crash(SimulatedServer server, boolean back) {
    if (server.health == Health.DEAD) {
      return;
    }
    server.advance(clock.now(), scenario.servers, 0);
    server.health = Health.DEAD;
    disturbed.add(server.key);
    history.add(new Fact.Crashed(server.key));
    List.copyOf(underWay.getOrDefault(server.key, List.of()))
        .forEach(statement -> over(statement, server.key));
    if (back) {
      clock.after(500 + random.nextInt(10_000), () -> restart(server, false));
    }
  }

  void restart(SimulatedServer server, boolean writable) {
    if (server.health == Health.DEAD) {
      server.restart(writable, clock.now());
      history.add(new Fact.Returned(server.key, writable));
    }
  }

  private void freeze(SimulatedServer server) {
    if (server.health == Health.WELL) {
      server.advance(clock.now(), scenario.servers, 0);
      server.health = Health.FROZEN;
      disturbed.add(server.key);
      clock.after(500 + random.nextInt(20_000), () -> thaw(server));
    }
  }

  /** What was sent meanwhile is executed now. */
  void thaw(SimulatedServer server) {
    if (server.health == Health.FROZEN) {
      server.health = Health.WELL;
      server.advance(clock.now(), scenario.servers, 0);
      List.copyOf(underWay.getOrDefault(server.key, List.of()))
          .forEach(statement -> executeIfUnderWay(server, statement));
    }
  }

  Instance read(SimulatedServer server) {
    server.advance(clock.now(), scenario.servers, 0);
    boolean sourceAnswers =
        server
            .source
            .flatMap(key -> Optional.ofNullable(scenario.servers.get(key)))
            .filter(source -> source.health == Health.WELL)
            .isPresent();
    return server.read(clock.instant(), sourceAnswers);
  }

  private static ActionOutcome refusal(SimulatedServer server) {
    return new ActionOutcome.NotApplied(server.key + " refused");
  }

  private static ActionOutcome silence(SimulatedServer server) {
    return new ActionOutcome.Unknown(server.key + " did not answer");
  }
}
