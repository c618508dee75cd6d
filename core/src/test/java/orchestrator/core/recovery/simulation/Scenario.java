package orchestrator.core.recovery.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.recovery.ActingNode;
import orchestrator.core.recovery.Circumstances;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.recovery.simulation.SimulatedServer.Health;
import orchestrator.core.testing.PromotionBuilder;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/** A dead master and its replicas, in a state that a seed decides. */
final class Scenario {
  static final Instant START = Instant.parse("2026-01-15T12:00:00Z");
  static final InstanceKey MASTER = new InstanceKey("m", 1);
  private static final int WRITTEN = 100;

  final Map<InstanceKey, SimulatedServer> servers = new TreeMap<>();
  final Set<InstanceKey> replicas = new HashSet<>();
  final Map<InstanceKey, PromotionRule> rules = new HashMap<>();
  RecoveryOrigin origin = RecoveryOrigin.AUTOMATIC;
  RecoveryPolicy policy = RecoveryPolicy.DEFAULT;

  /** Whether clients write to every server that lets them. */
  boolean load;

  /** Replicas that answered their last probe. */
  private final Set<InstanceKey> valid = new HashSet<>();

  private Scenario() {}

  /** Three equal replicas and a crashed master: where faults are tried one by one. */
  static Scenario plain(boolean hooks, boolean catchUp) {
    Scenario scenario = new Scenario();
    scenario.addMaster(Health.DEAD);
    for (int i = 1; i <= 3; i++) {
      SimulatedServer replica = scenario.addReplica(i, WRITTEN, WRITTEN);
      if (catchUp && i == 1) {
        replica.executed = transactions(WRITTEN - 5);
        replica.retrieved = transactions(WRITTEN - 3);
        replica.applyMillis = 20;
        scenario.rules.put(replica.key, PromotionRule.PREFER);
      } else if (catchUp) {
        // What they have not applied is in their relay logs alone.
        replica.executed = transactions(WRITTEN - 2);
        replica.applyMillis = 40;
      }
    }
    if (hooks) {
      scenario.withHooks();
    }
    return scenario;
  }

  /** A planned takeover of a master under load by the first of three equal replicas. */
  static Scenario takeover(boolean hooks) {
    Scenario scenario = plain(hooks, false);
    SimulatedServer master = scenario.server(MASTER);
    master.health = Health.WELL;
    scenario.load = true;
    scenario.origin = RecoveryOrigin.takeover(new InstanceKey("r1", 2), true);
    return scenario;
  }

  static Scenario random(Random random) {
    Scenario scenario = new Scenario();
    boolean alive = random.nextInt(8) == 0;
    scenario.addMaster(alive ? Health.WELL : random.nextInt(4) == 0 ? Health.FROZEN : Health.DEAD);
    if (alive) {
      scenario.origin = new RecoveryOrigin(false, "force-master-failover", Optional.empty(), false);
    }
    boolean mariaDb = random.nextInt(3) == 0;
    scenario.server(MASTER).mariaDb = mariaDb;
    int count = 1 + random.nextInt(5);
    for (int i = 1; i <= count; i++) {
      int fetched = WRITTEN - (random.nextBoolean() ? 0 : random.nextInt(10));
      int applied = fetched - (random.nextBoolean() ? 0 : random.nextInt(10));
      SimulatedServer replica = scenario.addReplica(i, fetched, applied);
      replica.mariaDb = mariaDb;
      scenario.vary(replica, applied, fetched, random);
    }
    scenario.varyPolicy(random);
    return scenario;
  }

  private void addMaster(Health health) {
    SimulatedServer master = new SimulatedServer(MASTER);
    master.executed = transactions(WRITTEN);
    master.readOnly = false;
    master.health = health;
    servers.put(MASTER, master);
  }

  private SimulatedServer addReplica(int number, int fetched, int applied) {
    SimulatedServer replica = new SimulatedServer(new InstanceKey("r" + number, number + 1));
    replica.replicateFrom(MASTER);
    replica.executed = transactions(applied);
    replica.retrieved = transactions(fetched);
    servers.put(replica.key, replica);
    replicas.add(replica.key);
    valid.add(replica.key);
    return replica;
  }

  private void vary(SimulatedServer replica, int applied, int fetched, Random random) {
    replica.applyMillis = random.nextInt(6) == 0 ? 3000 : 1 + random.nextInt(50);
    replica.latencyMillis = random.nextInt(10) == 0 ? 400 + random.nextInt(4000) : 1;
    replica.logsUpdates = random.nextInt(10) != 0;
    replica.sqlRunning = random.nextInt(10) != 0;
    if (random.nextInt(8) == 0) {
      replica.health = random.nextBoolean() ? Health.DEAD : Health.FROZEN;
      if (random.nextBoolean()) {
        valid.remove(replica.key);
      }
    }
    if (random.nextInt(10) == 0 && applied < fetched) {
      replica.poison = applied + 1L;
    }
    if (random.nextInt(10) == 0 && !replica.mariaDb) {
      replica.executed = replica.executed.plus(replica.uuid, "", 1, 1 + random.nextInt(3));
    }
    if (random.nextInt(3) == 0) {
      PromotionRule[] all = PromotionRule.values();
      rules.put(replica.key, all[random.nextInt(all.length)]);
    }
  }

  private void varyPolicy(Random random) {
    if (random.nextInt(3) == 0) {
      withHooks();
    }
    int mode = random.nextInt(8);
    policy =
        policy
            .with(
                new PromotionBuilder()
                    .failIfNotUpToDate(mode == 0)
                    .delayIfNotUpToDate(mode == 1)
                    .build())
            .with(new RecoveryPolicy.Replicas(true, Duration.ZERO, 1 + random.nextInt(3)));
  }

  private void withHooks() {
    policy =
        policy.with(
            Map.of(
                HookPoint.PRE_FAILOVER, List.of("pre 1", "pre 2"),
                HookPoint.PRE_GRACEFUL_TAKEOVER, List.of("may I"),
                HookPoint.POST_GRACEFUL_TAKEOVER, List.of("taken over"),
                HookPoint.POST_MASTER_FAILOVER, List.of("tell {successorHost}", "aside &"),
                HookPoint.POST_FAILOVER, List.of("post"),
                HookPoint.POST_UNSUCCESSFUL_FAILOVER, List.of("alarm")));
  }

  private static OracleGtidSet transactions(int last) {
    return OracleGtidSet.EMPTY.plus(new SimulatedServer(MASTER).uuid, "", 1, last);
  }

  static final long TERM = 5;

  Circumstances circumstances() {
    List<Instance> read = new ArrayList<>();
    for (InstanceKey key : replicas) {
      Instance instance = server(key).read(START.minusSeconds(1), false);
      read.add(valid.contains(key) ? instance : instance.failedCheck(START, false));
    }
    SimulatedServer master = server(MASTER);
    Instance seen = master.read(START.minusSeconds(3), false);
    FailureCase failure =
        new FailureCase(
            MASTER,
            "DeadMaster",
            "Master cannot be reached",
            "m:1",
            "main",
            "",
            "master",
            List.copyOf(replicas),
            false,
            true,
            false,
            true,
            "simulated");
    return new Circumstances(
        failure,
        master.health == Health.WELL ? seen : seen.failedCheck(START, false),
        read,
        rules,
        Set.of(),
        Map.of(),
        new ActingNode("manager", "manager.example", TERM),
        policy);
  }

  SimulatedServer server(InstanceKey key) {
    SimulatedServer server = servers.get(key);
    if (server == null) {
      throw new IllegalArgumentException("no such server: " + key);
    }
    return server;
  }

  /**
   * What a server has that could be promoted as it is, and has everything of the servers that are
   * well: nothing excuses to lose it, as long as that server is not disturbed.
   */
  Map<InstanceKey, OracleGtidSet> completeCandidates() {
    OracleGtidSet all = OracleGtidSet.EMPTY;
    Map<InstanceKey, OracleGtidSet> candidates = new TreeMap<>();
    String masterUuid = server(MASTER).uuid;
    for (InstanceKey key : replicas) {
      SimulatedServer replica = server(key);
      if (replica.health == Health.WELL) {
        all = all.union(replica.fetched().only(Set.of(masterUuid)));
      }
    }
    for (InstanceKey key : replicas) {
      SimulatedServer replica = server(key);
      boolean quick =
          replica.latencyMillis < 100 && replica.applyMillis <= 50 && valid.contains(key);
      boolean able =
          replica.logsUpdates
              && replica.poison == 0
              && rules.getOrDefault(key, PromotionRule.NEUTRAL) != PromotionRule.MUST_NOT;
      if (replica.health == Health.WELL && quick && able && replica.fetched().contains(all)) {
        candidates.put(key, all);
      }
    }
    return candidates;
  }
}
