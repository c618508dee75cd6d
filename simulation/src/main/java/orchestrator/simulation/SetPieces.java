package orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import orchestrator.simulation.Fault.Kind;

/**
 * Faults that belong together, as real clusters see them, and hardly ever meet by chance. A third
 * of the worlds have some.
 */
final class SetPieces {
  private static final long FIRST = 14_000;
  private static final long LAST = 30_000;

  private final RandomGenerator random;
  private final Scenario scenario;

  /** When it happens, whatever it is. */
  private final long at;

  private SetPieces(RandomGenerator random, Scenario scenario) {
    this.random = random;
    this.scenario = scenario;
    this.at = FIRST + random.nextLong(LAST - FIRST);
  }

  static List<Fault> draw(RandomGenerator random, Scenario scenario) {
    SetPieces pieces = new SetPieces(random, scenario);
    return switch (random.nextInt(24)) {
      case 0, 1 -> pieces.masterDiesWhileReplicasAreBehind();
      case 2, 3 -> pieces.oneReplicaHasMoreAndIsSlow();
      case 4 -> pieces.candidateDiesWhileReplicasAreBehind();
      case 5 -> pieces.promotionArrivesLate();
      case 6, 7 -> pieces.secondServerHangs();
      default -> List.of();
    };
  }

  private long between(long least, long most) {
    return least + random.nextLong(most - least);
  }

  private Fault masterDies() {
    Kind death = random.nextInt(4) == 0 ? Kind.HOST_DOWN : Kind.CRASH;
    return new Fault(death, at, between(20_000, 50_000), -1, 0, 0);
  }

  /** Long transactions, or locks: what was fetched is applied only some time after the death. */
  private List<Fault> masterDiesWhileReplicasAreBehind() {
    List<Fault> faults = new ArrayList<>(List.of(masterDies()));
    faults.addAll(replicasStall(200, 3000));
    return faults;
  }

  private List<Fault> replicasStall(long leastAfter, long mostAfter) {
    List<Fault> faults = new ArrayList<>();
    for (int server = 0; server < scenario.servers; server++) {
      long before = between(2000, 5000);
      long lasts = before + between(leastAfter, mostAfter);
      faults.add(new Fault(Kind.STALL, at - before, lasts, 0, server, 0));
    }
    return faults;
  }

  private List<Fault> oneReplicaHasMoreAndIsSlow() {
    List<Fault> faults = new ArrayList<>(List.of(masterDies()));
    int ahead = random.nextInt(scenario.servers);
    long before = between(1000, 4000);
    for (int server = 0; server < scenario.servers; server++) {
      if (server != ahead) {
        faults.add(new Fault(Kind.CUT_SERVERS, at - before, before + 8000, -1, server, 0));
      }
    }
    faults.add(
        new Fault(Kind.SLOW, at - 300, between(3000, 6000), ahead, 0, (int) between(300, 700)));
    return faults;
  }

  private List<Fault> candidateDiesWhileReplicasAreBehind() {
    List<Fault> faults = new ArrayList<>(List.of(masterDies()));
    faults.addAll(replicasStall(500, 8000));
    faults.add(new Fault(Kind.PROMOTION_CRASH, at, between(10_000, 30_000), 0, 0, 0));
    return faults;
  }

  private List<Fault> promotionArrivesLate() {
    return List.of(
        masterDies(),
        new Fault(Kind.PROMOTION_LATE, at, between(1000, 4000), 0, 0, (int) between(7000, 25_000)));
  }

  /** The intermediate master, or one of the co-masters. */
  private List<Fault> secondServerHangs() {
    int server =
        switch (scenario.shape) {
          case FLAT -> -1;
          case INTERMEDIATE -> 1;
          case CO_MASTERS -> random.nextInt(2);
        };
    return server < 0
        ? List.of()
        : List.of(new Fault(Kind.HANG, at, between(8000, 50_000), server, 0, 0));
  }
}
