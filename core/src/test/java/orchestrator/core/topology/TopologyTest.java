package orchestrator.core.topology;

import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import org.junit.jupiter.api.Test;

class TopologyTest {
  @Test
  void aReplicaIsOneDeeperThanItsSourceAndInItsCluster() {
    Topology topology =
        new TopologyBuilder()
            .with("r2", r -> r.replicatesFrom("r1"))
            .with("r1", r -> r.replicatesFrom("m"))
            .with("m")
            .build();

    assertThat(topology.placeOf(key("r2")).depth()).isEqualTo(2);
    assertThat(topology.placeOf(key("r2")).clusterName()).isEqualTo("m:3306");
    assertThat(topology.placeOf(key("r2")).ancestry())
        .containsExactly(uuid("m"), uuid("r1"), uuid("r2"));
  }

  @Test
  void aReplicaOfAnUnknownServerIsTheHeadOfACluster() {
    Topology topology = new TopologyBuilder().with("r", r -> r.replicatesFrom("gone")).build();

    assertThat(topology.clusterNames()).containsExactly("r:3306");
    assertThat(topology.replicasOf(key("gone")))
        .extracting(Instance::key)
        .containsExactly(key("r"));
  }

  @Test
  void twoServersThatReplicateFromEachOtherAreCoMasters() {
    Topology topology =
        new TopologyBuilder()
            .with("b", b -> b.replicatesFrom("a"))
            .with("a", a -> a.replicatesFrom("b").readOnly())
            .with("r", r -> r.replicatesFrom("b"))
            .build();

    assertThat(topology.placeOf(key("a")).coMaster()).isTrue();
    assertThat(topology.placeOf(key("b")).depth()).isEqualTo(1);
    assertThat(topology.placeOf(key("r")).depth()).isEqualTo(2);
    assertThat(topology.placeOf(key("r")).coMaster()).isFalse();
    assertThat(topology.placeOf(key("a")).ancestry()).containsExactly(uuid("a"), uuid("b"));
    assertThat(topology.mastersOf("a:3306"))
        .as("writable first")
        .extracting(Instance::key)
        .containsExactly(key("b"), key("a"));
  }

  @Test
  void aLargerRingHasOneHeadAndNoCoMasters() {
    Topology topology =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("c"))
            .with("b", b -> b.replicatesFrom("a"))
            .with("c", c -> c.replicatesFrom("b"))
            .build();

    assertThat(topology.clusterNames()).containsExactly("a:3306");
    assertThat(topology.placeOf(key("c")))
        .isEqualTo(
            new Topology.Place("a:3306", 2, false, List.of(uuid("a"), uuid("b"), uuid("c"))));
  }

  @Test
  void aServerThatReplicatesFromItselfIsNoCoMaster() {
    Topology topology = new TopologyBuilder().with("a", a -> a.replicatesFrom("a")).build();

    assertThat(topology.placeOf(key("a")).coMaster()).isFalse();
    assertThat(topology.placeOf(key("a")).depth()).isZero();
  }

  @Test
  void aDetachedReplicaHeadsItsOwnCluster() {
    Topology topology =
        new TopologyBuilder()
            .with("m")
            .with("r", r -> r.replicatesFrom(key("m").detached()))
            .build();

    assertThat(topology.clusterNameOf(key("r"))).contains("r:3306");
    assertThat(topology.replicasOf(key("m"))).isEmpty();
    assertThat(topology.find(key("r")).map(Instance::isMaster)).contains(true);
  }

  @Test
  void aReplicaThatNeverReadAnythingStillCountsAsAReplicaOfItsSource() {
    Topology topology =
        new TopologyBuilder()
            .with("m")
            .with(
                "r",
                r ->
                    r.replicatesFrom("m")
                        .replication(row ->
                            row.positions(BinlogCoordinates.UNKNOWN, BinlogCoordinates.UNKNOWN)))
            .build();

    assertThat(topology.replicasOf(key("m"))).hasSize(1);
    assertThat(topology.clusterNameOf(key("r"))).contains("m:3306");
  }

  @Test
  void aGroupsSecondaryHangsBelowItsPrimary() {
    Topology topology =
        new TopologyBuilder()
            .with("p", p -> p.group("g", "PRIMARY", "ONLINE", "p"))
            .with("s", s -> s.group("g", "SECONDARY", "ONLINE", "p"))
            .build();

    assertThat(topology.placeOf(key("s")).depth()).isEqualTo(1);
    assertThat(topology.placeOf(key("s")).ancestry()).containsExactly(uuid("p"), "g", uuid("s"));
    assertThat(topology.replicasOf(key("p"))).as("no replica by itself").isEmpty();
  }

  @Test
  void whatUpstreamServersMadeIsErrantOnlyIfTheSourceWasReadLaterAndHasAGapThere() {
    TopologyBuilder servers =
        new TopologyBuilder()
            .with("m", m -> m.oracleGtid(uuid("m") + ":2-5"))
            .with(
                "r", r -> r.replicatesFrom("m").oracleGtid(uuid("m") + ":2-5," + uuid("r") + ":1"))
            .with("x", x -> x.replicatesFrom("r").oracleGtid(uuid("m") + ":1," + uuid("r") + ":7"));

    Topology topology = servers.build();
    assertThat(topology.errantGtidOf(key("r")).errant()).hasToString(uuid("r") + ":1");
    assertThat(topology.errantGtidOf(key("m")).errant().isEmpty()).as("has no source").isTrue();
    assertThat(topology.errantGtidOf(key("x")).errant().isEmpty())
        .as("all from upstream, and upstream was read no later")
        .isTrue();

    servers.with("x", x -> x.seenAt(TopologyBuilder.NOW.minusSeconds(1)));
    assertThat(servers.build().errantGtidOf(key("x")).errant()).hasToString(uuid("m") + ":1");
    assertThat(servers.build().errantGtidOf(key("x")).ahead()).hasToString(uuid("r") + ":7");
  }

  @Test
  void serversThatAreReadAnewGiveTheSameAsAllOfThemReadAtOnce() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      TopologyBuilder servers = new TopologyBuilder();
      Topology topology = Topology.EMPTY;
      for (int step = 0; step < 15; step++) {
        String name = "s" + random.nextInt(5);
        servers.with(name, server -> vary(server, random));
        topology = topology.with(List.of(servers.instance(name)));
        assertThat(topology).as("seed %d", seed).satisfies(t -> isSame(t, servers.build()));
      }
    }
  }

  private static void vary(InstanceBuilder server, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> server.replicatesFrom("s" + random.nextInt(6));
      case 1 ->
          server.group(
              "g",
              random.nextBoolean() ? "PRIMARY" : "SECONDARY",
              "ONLINE",
              "s" + random.nextInt(5));
      case 2 -> server.seenAt(TopologyBuilder.NOW.minusSeconds(random.nextInt(9)));
      default -> server.oracleGtid(uuid("s" + random.nextInt(5)) + ":1-" + (1 + random.nextInt(4)));
    }
  }

  private static void isSame(Topology topology, Topology expected) {
    assertThat(topology.instances()).isEqualTo(expected.instances());
    assertThat(topology.clusterNames()).isEqualTo(expected.clusterNames());
    for (Instance instance : expected.instances()) {
      InstanceKey key = instance.key();
      assertThat(topology.find(key)).contains(instance);
      assertThat(topology.placeOf(key)).isEqualTo(expected.placeOf(key));
      assertThat(topology.replicasOf(key)).isEqualTo(expected.replicasOf(key));
      assertThat(topology.errantGtidOf(key)).isEqualTo(expected.errantGtidOf(key));
    }
    for (String cluster : expected.clusterNames()) {
      assertThat(topology.cluster(cluster)).isEqualTo(expected.cluster(cluster));
    }
  }

  private static String uuid(String server) {
    return InstanceBuilder.uuidOf(key(server));
  }
}
