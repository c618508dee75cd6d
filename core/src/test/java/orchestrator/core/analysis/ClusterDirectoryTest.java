package orchestrator.core.analysis;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;
import org.junit.jupiter.api.Test;

class ClusterDirectoryTest {
  private static final AnalysisPolicy POLICY =
      AnalysisPolicy.DEFAULT.withAliasByName(
          name -> name.startsWith("m") ? Optional.of("by-pattern") : Optional.empty());
  private static final int SERVERS = 6;

  private static ClusterDirectory directory(TopologyBuilder servers, States said) {
    return ClusterDirectory.of(servers.build(), said.build(), POLICY, NOW);
  }

  private static String aliasOf(TopologyBuilder servers, States said, String cluster) {
    return directory(servers, said).find(cluster).orElseThrow().alias();
  }

  @Test
  void theAliasSetByPeopleWinsThenTheHeadsThenAMembersThenThePatternsThenTheName() {
    TopologyBuilder servers = TopologyBuilder.masterWithReplicas(2).with("other");

    assertThat(aliasOf(servers, new States(), "other:3306")).isEqualTo("other:3306");
    assertThat(aliasOf(servers, new States(), "m:3306")).isEqualTo("by-pattern");
    servers.with("r1", r -> r.clusterAlias("by-member"));
    assertThat(aliasOf(servers, new States(), "m:3306")).isEqualTo("by-member");
    servers.with("m", m -> m.clusterAlias("by-head"));
    assertThat(aliasOf(servers, new States(), "m:3306")).isEqualTo("by-head");
    assertThat(aliasOf(servers, new States().clusterAlias("m:3306", "by-people"), "m:3306"))
        .isEqualTo("by-people");
  }

  @Test
  void anAliasIsNotTakenFromALargeClusterWhenItsMasterDies() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2)
            .with("m", m -> m.clusterAlias("shop").unreachable())
            .with("stray", s -> s.clusterAlias("shop"));

    assertThat(aliasOf(servers, new States(), "m:3306")).isEqualTo("shop");
    assertThat(aliasOf(servers, new States(), "stray:3306")).isEqualTo("stray:3306");
  }

  @Test
  void anAliasFollowsThePromotedServerNotTheOneThatWasLost() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a-old", s -> s.clusterAlias("shop"))
            .with("old-replica", s -> s.replicatesFrom("a-old"))
            .with("promoted", s -> s.clusterAlias("shop"));
    States said = new States().downtime("a-old", Downtime.LOST_IN_RECOVERY, Duration.ofDays(365));

    assertThat(aliasOf(servers, said, "promoted:3306")).isEqualTo("shop");
    assertThat(directory(servers, said).findByAlias("shop"))
        .map(ClusterInfo::name)
        .contains("promoted:3306");
  }

  /** The largest one that remains, when a person's downtime took the place of the manager's. */
  @Test
  void anAliasIsNotOfAMasterThatWasReplacedWhateverItsDowntime() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a-old", s -> s.clusterAlias("shop"))
            .with("left", s -> s.replicatesFrom("a-old"))
            .with("promoted", s -> s.clusterAlias("shop"));
    States said =
        new States().demoted(new DemotedMaster(key("a-old"), "1:x", key("promoted"), NOW));
    assertThat(
            aliasOf(
                servers,
                said.recovery(failover("1:x", "a-old", Optional.empty())),
                "promoted:3306"))
        .as("nobody is promoted yet")
        .isEqualTo("promoted:3306");

    RecoveryTicket promoted = failover("1:x", "a-old", Optional.of("promoted"));
    assertThat(aliasOf(servers, said.recovery(promoted), "promoted:3306")).isEqualTo("shop");
  }

  private static RecoveryTicket failover(
      String uid, String failed, Optional<String> promoted, String... replicas) {
    RecoveryTicket begun =
        RecoveryTicket.begun(
            uid,
            key(failed),
            "DeadMaster",
            "",
            failed + ":3306",
            "shop",
            "",
            RecoveryOrigin.AUTOMATIC,
            NOW,
            NOW,
            0,
            "manager",
            Stream.of(replicas).map(TopologyBuilder::key).toList());
    return promoted
        .map(
            server -> begun.with(new JournalEntry.Promoted(key(server), "", Optional.empty()), NOW))
        .orElse(begun);
  }

  /** A manager that leads anew may have read the two only before. */
  @Test
  void anAliasGoesToWhoWasPromotedSinceTheOldMasterWasRead() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("a-old", s -> s.clusterAlias("shop").seenAt(NOW.minusSeconds(5)))
            .with("r", s -> s.replicatesFrom("a-old").clusterAlias("shop"))
            .with("promoted", s -> s.clusterAlias("shop").unreachable())
            .with("x", s -> s.replicatesFrom("promoted").clusterAlias("shop"));
    assertThat(aliasOf(servers, new States(), "promoted:3306")).isEqualTo("promoted:3306");

    RecoveryTicket takeover =
        failover("1:x", "a-old", Optional.empty())
            .with(new JournalEntry.PromotionIntended(key("promoted")), NOW)
            .with(new JournalEntry.Promoted(key("promoted"), "", Optional.empty()), NOW)
            .with(new JournalEntry.Closed(true, List.of()), NOW);
    assertThat(aliasOf(servers, new States().recovery(takeover), "promoted:3306"))
        .isEqualTo("shop");
  }

  @Test
  void anAliasDoesNotFollowACandidateThatWasGivenUpAndItsReplicas() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("m", s -> s.clusterAlias("shop").unreachable())
            .with("r", s -> s.replicatesFrom("m"))
            .with("tried", s -> s.clusterAlias("shop").readOnly())
            .with("x", s -> s.replicatesFrom("tried"))
            .with("y", s -> s.replicatesFrom("tried"));
    States said = new States().keptReadOnly(new KeptReadOnly(key("tried"), "1:x", NOW));
    assertThat(aliasOf(servers, said, "m:3306")).isEqualTo("shop");

    servers.with("tried", InstanceBuilder::writable);
    assertThat(aliasOf(servers, said, "tried:3306")).isEqualTo("shop");
  }

  @Test
  void anAliasStaysWithTheMasterWhenAFailedFailoverLeftARing() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("z-old", s -> s.clusterAlias("shop"))
            .with("a", s -> s.replicatesFrom("b").clusterAlias("shop").readOnly())
            .with("b", s -> s.replicatesFrom("a").clusterAlias("shop").readOnly())
            .with("c", s -> s.replicatesFrom("b").clusterAlias("shop").readOnly());
    RecoveryTicket open = failover("1:x", "z-old", Optional.empty(), "a");
    States said = new States().recovery(open.with(new JournalEntry.Closed(false, List.of()), NOW));
    assertThat(aliasOf(servers, said, "z-old:3306")).isEqualTo("shop");
    assertThat(aliasOf(servers, new States(), "z-old:3306"))
        .as("the ring is the larger one")
        .isEqualTo("z-old:3306");

    servers.with("a", InstanceBuilder::writable);
    assertThat(aliasOf(servers, said, "z-old:3306")).as("a master").isEqualTo("z-old:3306");
  }

  @Test
  void recoveryRulesSeeNameAndAlias() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("m", m -> m.clusterAlias("shop"));
    AnalysisPolicy policy =
        AnalysisPolicy.DEFAULT.withRecovery(
            (name, alias) -> alias.equals("shop"), (name, alias) -> name.equals("other"));

    ClusterInfo cluster =
        ClusterDirectory.of(servers.build(), new States().build(), policy, NOW)
            .of(key("r1"))
            .orElseThrow();

    assertThat(cluster).isEqualTo(new ClusterInfo("m:3306", "shop", "", 3, true, false));
  }

  @Test
  void theDomainIsTheHeadsOrAMembers() {
    TopologyBuilder servers =
        TopologyBuilder.masterWithReplicas(2).with("r2", r -> r.clusterDomain("db.example"));
    assertThat(directory(servers, new States()).find("m:3306"))
        .map(ClusterInfo::domain)
        .contains("db.example");

    servers.with("m", m -> m.clusterDomain("head.example"));
    assertThat(directory(servers, new States()).find("m:3306"))
        .map(ClusterInfo::domain)
        .contains("head.example");
  }

  @Test
  void unknownServersAndNamesHaveNoCluster() {
    ClusterDirectory directory =
        directory(new TopologyBuilder().with("m", InstanceBuilder::neverSeen), new States());

    assertThat(directory.of(key("nobody"))).isEmpty();
    assertThat(directory.findByAlias("nothing")).isEmpty();
    assertThat(directory.all()).hasSize(1);
  }

  @Test
  void whateverChangesItIsTheSameAsFromScratch() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      TopologyBuilder servers = new TopologyBuilder();
      for (int i = 0; i < SERVERS; i++) {
        servers.with("s" + i, server -> vary(server, random));
      }
      Topology topology = servers.build();
      States said = new States();
      ReplicatedState state = said.build();
      Instant now = NOW;
      ClusterDirectory directory = ClusterDirectory.of(topology, state, POLICY, now);
      for (int step = 0; step < 10; step++) {
        String changed = "s" + random.nextInt(SERVERS);
        switch (random.nextInt(12)) {
          case 0 -> now = now.plusSeconds(random.nextInt(4) - 1L);
          case 1 -> {
            Duration left = Duration.ofSeconds(random.nextInt(9) - 1L);
            state = said.downtime(changed, Downtime.LOST_IN_RECOVERY, left).build();
          }
          case 2 -> state = said.clusterAlias(changed + ":3306", "a" + random.nextInt(3)).build();
          case 3 -> state = said.keptReadOnly(new KeptReadOnly(key(changed), "1:x", NOW)).build();
          case 4 -> {
            InstanceKey successor = key("s" + random.nextInt(SERVERS));
            said.demoted(new DemotedMaster(key(changed), changed, successor, NOW));
            state = said.build();
          }
          case 5 -> {
            Optional<String> promoted = random.nextBoolean() ? Optional.of("p") : Optional.empty();
            String replica = "s" + random.nextInt(SERVERS);
            state = said.recovery(failover(changed, changed, promoted, replica)).build();
          }
          default -> servers.without(changed).with(changed, server -> vary(server, random));
        }
        Topology before = topology;
        topology = before.with(List.of(servers.instance(changed)));
        ClusterDirectory after =
            directory.after(topology.changesSince(before), topology, state, POLICY, now);
        ClusterDirectory afresh = ClusterDirectory.of(topology, state, POLICY, now);
        assertThat(after.all())
            .as("seed %d, step %d", seed, step)
            .containsExactlyElementsOf(afresh.all());
        assertThat(after.of(key(changed))).isEqualTo(afresh.of(key(changed)));
        directory = after;
      }
    }
  }

  private static void vary(InstanceBuilder server, Random random) {
    if (random.nextInt(4) > 0) {
      server.replicatesFrom("s" + random.nextInt(2));
    }
    if (random.nextInt(3) == 0) {
      server.clusterAlias("a" + random.nextInt(3));
    }
    if (random.nextInt(8) == 0) {
      server.clusterDomain("d" + random.nextInt(2));
    }
    if (random.nextBoolean()) {
      server.readOnly();
    }
    if (random.nextInt(4) == 0) {
      server.unreachable();
    }
  }
}
