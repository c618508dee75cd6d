package orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.simulation.judge.IntentFirst;
import orchestrator.simulation.judge.Invariant;
import orchestrator.simulation.judge.LeadersMayDie;
import orchestrator.simulation.judge.NobodyIsLeftBehind;
import orchestrator.simulation.judge.NoneBelowHasMore;
import orchestrator.simulation.judge.NothingAgreedIsLost;
import orchestrator.simulation.judge.NothingSafeIsLost;
import orchestrator.simulation.judge.OneFailover;
import orchestrator.simulation.judge.OneLeader;
import orchestrator.simulation.judge.OneWritable;
import orchestrator.simulation.judge.OnlyRealFailures;
import orchestrator.simulation.judge.OrderlyTakeovers;
import orchestrator.simulation.judge.OrphansAreAdopted;
import orchestrator.simulation.judge.PeopleAreObeyed;
import orchestrator.simulation.judge.PlacesAreRight;
import orchestrator.simulation.judge.PublishedOnce;
import orchestrator.simulation.judge.RecoveryHappens;
import orchestrator.simulation.judge.TwiceIsOnce;

/** One seed, tried: the world that follows from it, and what is the matter with it. */
final class Trial {
  private Trial() {}

  static List<Invariant> invariants() {
    return List.of(
        new OneWritable(),
        new IntentFirst(),
        new NothingAgreedIsLost(),
        new OneFailover(),
        new NothingSafeIsLost(),
        new LeadersMayDie(),
        new TwiceIsOnce(),
        new OnlyRealFailures(),
        new PeopleAreObeyed(),
        new PublishedOnce(),
        new NoneBelowHasMore(),
        new RecoveryHappens(),
        new OrphansAreAdopted(),
        new OneLeader(),
        new OrderlyTakeovers(),
        new NobodyIsLeftBehind(),
        new PlacesAreRight());
  }

  static Optional<World.Violation> run(long seed) {
    return run(seed, World.faultsOf(seed));
  }

  static Optional<World.Violation> run(long seed, List<Fault> faults) {
    return run(new World(seed, invariants(), false), faults);
  }

  /** What cannot go on is wrong too. */
  private static Optional<World.Violation> run(World world, List<Fault> faults) {
    try {
      return world.run(faults);
    } catch (RuntimeException e) {
      String where = e.getStackTrace().length > 0 ? " at " + e.getStackTrace()[0] : "";
      return Optional.of(new World.Violation("exception", world.now(), e + where));
    }
  }

  /**
   * A violation, with the fewest faults that were found to bring it about.
   *
   * @param story what happened, line by line
   */
  record Report(
      long seed,
      World.Violation violation,
      List<Fault> faults,
      String scenario,
      List<String> story) {

    /** For people. */
    List<String> lines(int lastLines) {
      List<String> lines = new ArrayList<>();
      lines.add("seed " + seed + ": " + violation.invariant() + " at " + violation.at() + " ms");
      lines.add("  " + violation.what());
      lines.add("  world: " + scenario);
      lines.add("  faults that suffice:");
      faults.forEach(fault -> lines.add("    " + fault));
      int from = Math.max(0, story.size() - lastLines);
      lines.add("  what happened" + (from > 0 ? " (the last " + lastLines + " lines)" : "") + ":");
      story.subList(from, story.size()).forEach(line -> lines.add("    " + line));
      return lines;
    }
  }

  /** What is the matter with a seed, told in full; empty when nothing is. */
  static Optional<Report> explain(long seed) {
    Optional<World.Violation> first = run(seed);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String invariant = first.get().invariant();
    List<Fault> faults =
        Minimiser.minimise(
            World.faultsOf(seed),
            fewer -> run(seed, fewer).filter(v -> v.invariant().equals(invariant)).isPresent());
    World world = new World(seed, invariants(), true);
    World.Violation violation = run(world, faults).orElse(first.get());
    return Optional.of(
        new Report(seed, violation, faults, world.scenario.toString(), world.story()));
  }
}
