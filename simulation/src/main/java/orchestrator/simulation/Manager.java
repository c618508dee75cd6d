package orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import orchestrator.core.analysis.EmergencyOperation;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.detection.Detector;
import orchestrator.server.engine.discovery.Picture;

/**
 * A manager node: what it reads and when it judges. The judging is the engine's {@link Detector} on
 * the engine's {@link Picture}; the waiting of {@code discovery} is played here by events.
 */
final class Manager {
  private static final long PROBE_DEADLINE = 5000;
  private static final long IMPATIENCE = 3000;
  private static final long LOOK = 250;
  private static final long SUSPICION_LASTS = 30_000;
  private static final long[] PAUSES = {50, 50, 50, 100, 200, 500};

  final int node;
  final World world;
  Picture picture;
  Detector detector;
  private Announcer announcer;
  private Watchman watchman;
  Recoverer recoverer;
  Requests requests;
  private boolean running;
  private long pausedUntil;

  /** Counts its starts: what an earlier life planned does not happen. */
  private int life;

  private final Map<InstanceKey, Long> seenBegan = new HashMap<>();
  private final Map<InstanceKey, Integer> inFlight = new HashMap<>();
  private final Map<InstanceKey, Long> latestBegan = new HashMap<>();
  private final Set<InstanceKey> suspects = new HashSet<>();
  private final ServerMemory memory = new ServerMemory();

  Manager(World world, int node) {
    this.world = world;
    this.node = node;
    this.picture = new Picture(world.queue::instant, this::nanoTime, Optional.empty());
    this.detector = newDetector();
    this.recoverer = new Recoverer(this);
    this.requests = new Requests(this);
    this.announcer = new Announcer(this);
    this.watchman = new Watchman(this);
  }

  private long nanoTime() {
    return world.now() * 1_000_000;
  }

  String name() {
    return "n" + node;
  }

  boolean isUp() {
    return running;
  }

  /** Runs, and is not frozen. */
  boolean isAwake() {
    return running && world.now() >= pausedUntil;
  }

  /** Everything is new but what it has written down. */
  void start() {
    life++;
    running = true;
    picture = new Picture(world.queue::instant, this::nanoTime, Optional.empty());
    detector = newDetector();
    recoverer = new Recoverer(this);
    requests = new Requests(this);
    announcer = new Announcer(this);
    watchman = new Watchman(this);
    seenBegan.clear();
    inFlight.clear();
    latestBegan.clear();
    suspects.clear();
    picture.recollect(memory.afterCrash());
    world.servers.forEach(server -> picture.admit(server.key));
    every(1000, this::judge);
    every(1000, watchman::look);
    every(1000, recoverer::resumeOpen);
    every(
        100,
        new Runnable() {
          private long ledIn;

          @Override
          public void run() {
            long term = leadership().map(Leadership::term).orElse(ledIn);
            if (term != ledIn) {
              ledIn = term;
              recoverer.resumeOpen();
              detector.look();
            }
          }
        });
    every(5000, watchman::endLost);
    every(10_000, watchman::expire);
    every(1000, this::noteSlowProbes);
    if (world.scenario.withoutGtid) {
      every(5000, watchman::mark);
    }
    for (SimServer server : world.servers) {
      every(world.scenario.pollMillis, () -> probe(server.key, PROBE_DEADLINE, result -> {}));
    }
  }

  private Detector newDetector() {
    return new Detector(
        picture,
        new View(),
        world.scenario.detection,
        world.queue::instant,
        new Detector.Reactions(
            this::help, this::suspect, failure -> announcer.onFailure(failure), changes -> {}));
  }

  void crash() {
    running = false;
    life++;
    recoverer.forgetAll();
  }

  void pause(long until) {
    pausedUntil = Math.max(pausedUntil, until);
  }

  /** What the node does when it can: later while it is frozen, never after it was killed. */
  Runnable mine(Runnable work) {
    int born = life;
    return () -> act(born, work);
  }

  private void act(int born, Runnable work) {
    if (!running || born != life) {
      return;
    }
    if (world.now() < pausedUntil) {
      world.queue.at(pausedUntil, () -> act(born, work));
    } else {
      work.run();
    }
  }

  void after(long millis, Runnable work) {
    world.queue.after(millis, mine(work));
  }

  private void every(long millis, Runnable work) {
    after(
        world.random.nextLong(millis),
        new Runnable() {
          @Override
          public void run() {
            work.run();
            after(millis, this);
          }
        });
  }

  ReplicatedState state() {
    return world.group.state(node);
  }

  Optional<Leadership> leadership() {
    return world.group.leadership(node);
  }

  void submit(List<Command> commands, Consumer<Consensus.Submission> answer) {
    world.group.submit(node, commands, submission -> mine(() -> answer.accept(submission)).run());
  }

  void perform(
      ServerAction action, String purpose, long term, long timeout, Consumer<ActionOutcome> then) {
    Fleet.Sender sender = new Fleet.Sender(node, term, purpose);
    Consumer<ActionOutcome> taken =
        outcome -> {
          if (outcome instanceof ActionOutcome.Applied(Instance after, _)) {
            picture.recordSeen(action.target(), after);
          }
          then.accept(outcome);
        };
    int born = life;
    world.fleet.perform(sender, action, timeout, outcome -> act(born, () -> taken.accept(outcome)));
  }

  /** Reads a server; the answer stands in the picture before {@code then} is told. */
  void probe(InstanceKey key, long deadline, Consumer<ProbeResult> then) {
    long began = world.now();
    int born = life;
    inFlight.merge(key, 1, Integer::sum);
    latestBegan.put(key, began);
    world.fleet.probe(
        node,
        key,
        deadline,
        result ->
            act(
                born,
                () -> {
                  inFlight.merge(key, -1, Integer::sum);
                  record(key, began, result);
                  then.accept(result);
                }));
  }

  /** That one attempt failed says nothing when a later one has succeeded meanwhile. */
  private void record(InstanceKey key, long began, ProbeResult result) {
    long seen = seenBegan.getOrDefault(key, 0L);
    if (result instanceof ProbeResult.Failed && began < seen) {
      return;
    }
    if (result instanceof ProbeResult.Seen(Instance read)) {
      memory.save(read, world.now());
      seenBegan.put(key, Math.max(seen, began));
    }
    picture.record(key, result);
  }

  /** A probe that lasts long is noted as an attempt, so that a hang is noticed. */
  private void noteSlowProbes() {
    inFlight.forEach((key, count) -> {
      if (count > 0 && world.now() - latestBegan.getOrDefault(key, 0L) > 1000) {
        picture.attempting(key, world.instant());
      }
    });
  }

  private void judge() {
    detector.look();
  }

  /** The waiting connection to a server has ended. */
  void connectionLost(InstanceKey key) {
    if (!picture.topology().replicasOf(key).isEmpty()) {
      suspect(key, "the waiting connection has ended");
    }
  }

  private void suspect(InstanceKey key, String reason) {
    if (suspects.add(key)) {
      look(key, world.now(), 0);
    }
  }

  private void look(InstanceKey key, long since, int step) {
    List<InstanceKey> keys = new ArrayList<>(List.of(key));
    picture.topology().replicasOf(key).forEach(replica -> keys.add(replica.key()));
    Set<InstanceKey> open = new HashSet<>(keys);
    boolean[] over = {false};
    Runnable end =
        () -> {
          if (!over[0]) {
            over[0] = true;
            looked(key, since, step);
          }
        };
    for (InstanceKey each : keys) {
      if (inFlight.getOrDefault(each, 0) < 3) {
        probe(
            each,
            IMPATIENCE,
            result -> {
              open.remove(each);
              if (open.isEmpty()) {
                end.run();
              }
            });
      }
    }
    after(LOOK, end);
  }

  private void looked(InstanceKey key, long since, int step) {
    boolean settled =
        detector.lookAndTellWhetherSettled(key, EventQueue.BEGINNING.plusMillis(since));
    if (settled || world.now() - since > SUSPICION_LASTS) {
      suspects.remove(key);
    } else {
      after(PAUSES[Math.min(step, PAUSES.length - 1)], () -> look(key, since, step + 1));
    }
  }

  private void help(EmergencyOperation operation) {
    switch (operation) {
      case EmergencyOperation.Reprobe reprobe -> {
        List<InstanceKey> open = new ArrayList<>(reprobe.keys());
        reprobe
            .keys()
            .forEach(key ->
                probe(
                    key,
                    IMPATIENCE,
                    result -> {
                      open.remove(key);
                      if (open.isEmpty()) {
                        detector.look();
                      }
                    }));
      }
      case EmergencyOperation.RestartIoThreads restart -> restart.keys().forEach(this::restartIo);
      case EmergencyOperation.RecordStaleCoordinates ignored -> {}
    }
  }

  private void restartIo(InstanceKey key) {
    leadership()
        .ifPresent(lead ->
            perform(
                new ServerAction.StopIoThread(key),
                "emergency",
                lead.term(),
                10_000,
                out -> {
                  if (!(out instanceof ActionOutcome.NotApplied)) {
                    perform(
                        new ServerAction.StartIoThread(key),
                        "emergency",
                        lead.term(),
                        10_000,
                        o -> {});
                  }
                }));
  }

  /** The engine's port, for what only looks. */
  private final class View implements Consensus {
    @Override
    public ReplicatedState state() {
      return Manager.this.state();
    }

    @Override
    public Submission submit(List<Command> commands, Duration deadline) {
      throw new UnsupportedOperationException("here nobody waits: see Manager.submit");
    }

    @Override
    public Optional<Leadership> leadership() {
      return Manager.this.leadership();
    }

    @Override
    public void onApplied(Consumer<ReplicatedState> listener) {
      // Whoever needs it looks again and again.
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }
}
