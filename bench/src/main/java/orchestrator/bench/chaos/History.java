package orchestrator.bench.chaos;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import orchestrator.sandbox.history.CommandFates.Sighting;
import orchestrator.sandbox.history.Digests.Digest;
import orchestrator.sandbox.history.Leaders.Claim;
import orchestrator.sandbox.history.Masters.Right;
import orchestrator.sandbox.history.Masters.Sample;
import orchestrator.sandbox.history.Operation;
import orchestrator.sandbox.history.Operation.Outcome;

/** Everything that was recorded, by many threads. */
final class History {
  final Queue<Operation> operations = new ConcurrentLinkedQueue<>();
  final Map<String, Outcome> commands = new ConcurrentHashMap<>();
  final Queue<Sighting> sightings = new ConcurrentLinkedQueue<>();
  final Queue<Claim> claims = new ConcurrentLinkedQueue<>();
  final Queue<Digest> digests = new ConcurrentLinkedQueue<>();

  /** Of all servers. */
  final Queue<Sample> samples = new ConcurrentLinkedQueue<>();

  /** Of those that the quorum reaches. */
  final Queue<Sample> samplesOfQuorum = new ConcurrentLinkedQueue<>();

  /** Other than by a failover. */
  final Queue<Right> rights = new ConcurrentLinkedQueue<>();

  private final Queue<String> timeline = new ConcurrentLinkedQueue<>();
  private final RunClock clock;

  History(RunClock clock) {
    this.clock = clock;
  }

  RunClock clock() {
    return clock;
  }

  /** Writes a line of the timeline, and prints it. */
  void tell(String text) {
    String line = "%8.1f s  %s".formatted(RunClock.seconds(clock.now()), text);
    timeline.add(line);
    System.out.println(line);
  }

  List<String> timeline() {
    return List.copyOf(timeline);
  }
}
