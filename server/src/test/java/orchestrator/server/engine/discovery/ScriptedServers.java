package orchestrator.server.engine.discovery;

import static orchestrator.core.testing.TopologyBuilder.key;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.UnreadableLogs;

/** Servers that answer, fail or hang as the test says; unless it says so, they hang. */
final class ScriptedServers implements Servers {
  /** One probe; it hangs until it is answered. */
  record Call(
      InstanceKey key, ProbeDepth depth, long startedNanos, CompletableFuture<ProbeResult> result) {
    void answer(ProbeResult answer) {
      result.complete(answer);
    }

    /** As a probe that runs into its deadline. */
    void giveUp() {
      answer(failure(key));
    }

    boolean isHanging() {
      return !result.isDone();
    }
  }

  private final Map<InstanceKey, Supplier<ProbeResult>> scripts = new ConcurrentHashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private int inFlight;
  private int mostInFlight;
  private boolean closed;

  static ProbeResult failure(InstanceKey key) {
    return new ProbeResult.Failed(key, ProbeResult.Failure.TIMEOUT, key + ": silent", false);
  }

  /** From now on this server answers, as a server that is well and of which this is true. */
  void answers(String server, Consumer<InstanceBuilder> truth) {
    answersAs(server, server, truth);
  }

  void answers(String... servers) {
    for (String server : servers) {
      answers(server, nothingMore -> {});
    }
  }

  /** As {@link #answers}, of a server that has another name than the one it is asked by. */
  void answersAs(String asked, String name, Consumer<InstanceBuilder> truth) {
    Instance instance = new TopologyBuilder().with(name, truth).instance(name);
    scripts.put(key(asked), () -> new ProbeResult.Seen(instance));
  }

  void fails(String... servers) {
    for (String server : servers) {
      scripts.put(key(server), () -> failure(key(server)));
    }
  }

  void hangs(String... servers) {
    for (String server : servers) {
      scripts.remove(key(server));
    }
  }

  /** All probes since the start, in the order in which they began. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  List<Call> callsOf(String server) {
    return calls.stream().filter(call -> call.key().equals(key(server))).toList();
  }

  List<Call> hanging() {
    return calls.stream().filter(Call::isHanging).toList();
  }

  /** The most probes that were ever under way at a time. */
  synchronized int mostInFlight() {
    return mostInFlight;
  }

  @Override
  public ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline) {
    Call call = new Call(key, depth, System.nanoTime(), new CompletableFuture<>());
    Supplier<ProbeResult> script = scripts.get(key);
    if (script != null) {
      call.answer(script.get());
    }
    begin(call);
    try {
      return call.result().join();
    } finally {
      end();
    }
  }

  private synchronized void begin(Call call) {
    inFlight++;
    mostInFlight = Math.max(mostInFlight, inFlight);
    calls.add(call);
    if (closed) {
      call.giveUp();
    }
  }

  private synchronized void end() {
    inFlight--;
  }

  @Override
  public ActionOutcome perform(ServerAction action, Fence fence, Duration deadline) {
    throw new UnsupportedOperationException("nothing is changed here");
  }

  @Override
  public TakeoverSurvey survey(InstanceKey key, Duration deadline) {
    return TakeoverSurvey.failed(key, "no script tells");
  }

  @Override
  public LogReader logs(Duration deadline) {
    return new UnreadableLogs();
  }

  @Override
  public List<String> statementsOf(ServerAction action, Instance target) {
    return List.of();
  }

  @Override
  public Watch watch(InstanceKey key, WatchListener onEnd) {
    return () -> {};
  }

  @Override
  public void forget(InstanceKey key) {}

  /** Ends what hangs. */
  @Override
  public synchronized void close() {
    closed = true;
    calls.forEach(Call::giveUp);
  }
}
