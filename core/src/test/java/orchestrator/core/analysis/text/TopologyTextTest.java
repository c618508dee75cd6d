package orchestrator.core.analysis.text;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.States;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.BinlogFormat;
import org.junit.jupiter.api.Test;

class TopologyTextTest {
  private static final String MASTER_SET = "00000000-0000-0000-0000-0000000000aa:1-5";
  private static final String FOREIGN = "00000000-0000-0000-0000-0000000000ff:1";

  private static TopologyBuilder cluster() {
    return new TopologyBuilder()
        .with("m1.example", m -> m.oracleGtid(MASTER_SET).semiSyncMaster(true, 1, 1))
        .with(
            "r1.example",
            r ->
                r.replicatesFrom("m1.example")
                    .readOnly()
                    .instanceAlias("alpha")
                    .oracleGtid(MASTER_SET)
                    .semiSyncReplica())
        .with(
            "r2.example",
            r ->
                r.replicatesFrom("m1.example")
                    .readOnly()
                    .oracleGtid(MASTER_SET + "," + FOREIGN)
                    .ioThreadStopped())
        .with(
            "r3.example:13306",
            r ->
                r.replicatesFrom("r1.example")
                    .readOnly()
                    .withoutBinlog()
                    .oracleGtid(MASTER_SET)
                    .lagSeconds(17));
  }

  private static TopologyText text(TopologyBuilder cluster, States said) {
    return new TopologyText(cluster.build(), said.build(), AnalysisPolicy.DEFAULT, NOW);
  }

  /** Makes blanks at the end of lines visible. */
  private static String ended(String lines) {
    return lines.replace("\n", "$\n") + "$";
  }

  @Test
  void plainFormAlignsTheBrackets() {
    assertThat(text(cluster(), new States()).plain("m1.example:3306"))
        .isEqualTo(
            """
            m1.example:3306           [0s,ok,8.0.36,rw,ROW,>>,GTID,semi:master]
            + r1.example:3306 (alpha) [0s,ok,8.0.36,ro,ROW,>>,GTID,semi:replica]
              + r3.example:13306      [17s,ok,8.0.36,ro,nobinlog,GTID]
            - r2.example:3306         [null,nonreplicating,8.0.36,ro,ROW,>>,GTID:errant]\
            """);
  }

  @Test
  void tabulatedFormPadsEveryColumnAndAlignsTheLagToTheRight() {
    assertThat(ended(text(cluster(), new States()).tabulated("m1.example:3306")))
        .isEqualTo(
            """
            m1.example:3306          |  0s|ok            |8.0.36|rw|ROW     |>>,GTID,semi:master $
            + r1.example:3306 (alpha)|  0s|ok            |8.0.36|ro|ROW     |>>,GTID,semi:replica$
              + r3.example:13306     | 17s|ok            |8.0.36|ro|nobinlog|GTID                $
            - r2.example:3306        |null|nonreplicating|8.0.36|ro|ROW     |>>,GTID:errant      $\
            """);
  }

  @Test
  void tagsFollowInOrderOfTheirNames() {
    States said =
        new States().tag("m1.example", "role", "backup").tag("m1.example", "candidate", "");

    assertThat(text(cluster(), said).withTags("m1.example:3306").lines())
        .first()
        .isEqualTo(
            "m1.example:3306           [0s,ok,8.0.36,rw,ROW,>>,GTID,semi:master]"
                + " [candidate,role=backup]");
    assertThat(text(cluster(), said).withTags("m1.example:3306").lines())
        .last()
        .asString()
        .endsWith("GTID:errant] []");
  }

  @Test
  void coMastersAreBranchesSideBySide() {
    TopologyBuilder ring =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("b"))
            .with("b", b -> b.replicatesFrom("a").readOnly())
            .with("r", r -> r.replicatesFrom("b").readOnly());

    assertThat(text(ring, new States()).plain("a:3306"))
        .isEqualTo(
            """
            + a:3306   [0s,ok,8.0.36,rw,ROW,>>]
            + b:3306   [0s,ok,8.0.36,ro,ROW,>>]
              + r:3306 [0s,ok,8.0.36,ro,ROW,>>]\
            """);
  }

  @Test
  void aLargerRingIsDrawnOnce() {
    TopologyBuilder ring =
        new TopologyBuilder()
            .with("a", a -> a.replicatesFrom("c"))
            .with("b", b -> b.replicatesFrom("a"))
            .with("c", c -> c.replicatesFrom("b"));

    assertThat(text(ring, new States()).plain("a:3306").lines()).hasSize(3);
  }

  @Test
  void aGroupsSecondariesHaveAMarkOfTheirOwnWhoseBytesCount() {
    TopologyBuilder group =
        new TopologyBuilder()
            .with("p", p -> p.group("g", "PRIMARY", "ONLINE", "p"))
            .with("s", s -> s.group("g", "SECONDARY", "ONLINE", "p").readOnly());

    assertThat(text(group, new States()).plain("p:3306"))
        .isEqualTo(
            """
            p:3306     [0s,ok,8.0.36,rw,ROW,>>]
            ‡ s:3306 [0s,ok,8.0.36,ro,ROW,>>]\
            """);
  }

  @Test
  void anUnknownClusterIsEmptyText() {
    assertThat(text(cluster(), new States()).plain("nowhere:3306")).isEmpty();
    assertThat(text(cluster(), new States()).tabulated("nowhere:3306")).isEmpty();
  }

  @Test
  void serversThatWereNotReadAreMarked() {
    TopologyBuilder cluster =
        new TopologyBuilder()
            .with("m", InstanceBuilder::unreachable)
            .with("r1", r -> r.replicatesFrom("m").seenAt(NOW.minusSeconds(26)))
            .with("r2", r -> r.replicatesFrom("m").seenAt(NOW.minusSeconds(25)))
            .with("r3", r -> r.replicatesFrom("m").lagSeconds(21));
    States said = new States().downtime("r3");

    assertThat(text(cluster, said).plain("m:3306"))
        .isEqualTo(
            """
            m:3306    [unknown,invalid,8.0.36,rw,ROW,>>]
            - r1:3306 [unknown,unchecked,8.0.36,rw,ROW,>>]
            + r2:3306 [0s,ok,8.0.36,rw,ROW,>>]
            + r3:3306 [21s,lag,8.0.36,rw,ROW,>>,downtimed]\
            """);
  }

  @Test
  void aDelayedReplicaLagsOnlyBeyondItsDelay() {
    TopologyBuilder cluster =
        new TopologyBuilder()
            .with("m")
            .with("r1", r -> r.replicatesFrom("m").delaySeconds(3600).lagSeconds(3620))
            .with("r2", r -> r.replicatesFrom("m").delaySeconds(3600).lagSeconds(3621))
            .with("r3", r -> r.replicatesFrom("m").replication(row -> row.detachedExec()));

    assertThat(text(cluster, new States()).tabulated("m:3306"))
        .isEqualTo(
            """
            m:3306   |      0s|ok |8.0.36|rw|ROW|>>
            + r1:3306|   3620s|ok |8.0.36|rw|ROW|>>
            + r2:3306|   3621s|lag|8.0.36|rw|ROW|>>
            + r3:3306|detached|ok |8.0.36|rw|ROW|>>\
            """);
  }

  /** A cluster of MySQL 5.6 as it was two years ago, two servers of which were read just now. */
  @Test
  void anOldPictureIsShownAsOld() {
    TopologyBuilder cluster = new TopologyBuilder();
    for (String server : new String[] {"22293", "22294", "22295", "22296", "22297"}) {
      cluster.with(
          "testhost:" + server,
          s ->
              s.version("5.6.28-log")
                  .binlogFormat(BinlogFormat.STATEMENT)
                  .pseudoGtid()
                  .seenAt(NOW.minusSeconds(60_000_000)));
    }
    cluster.with(
        "testhost:22294", r -> r.replicatesFrom("testhost:22293").lagSeconds(7).seenAt(NOW));
    cluster.with("testhost:22295", r -> r.replicatesFrom("testhost:22294"));
    cluster.with("testhost:22296", r -> r.replicatesFrom("testhost:22293").withoutBinlog());
    cluster.with(
        "testhost:22297", r -> r.replicatesFrom("testhost:22293").lagSeconds(7).seenAt(NOW));

    assertThat(ended(text(cluster, new States()).tabulated("testhost:22293")))
        .isEqualTo(
            """
            testhost:22293    |unknown|unchecked|5.6.28-log|rw|STATEMENT|>>,P-GTID$
            + testhost:22294  |     7s|ok       |5.6.28-log|rw|STATEMENT|>>,P-GTID$
              - testhost:22295|unknown|unchecked|5.6.28-log|rw|STATEMENT|>>,P-GTID$
            - testhost:22296  |unknown|unchecked|5.6.28-log|rw|nobinlog |P-GTID   $
            + testhost:22297  |     7s|ok       |5.6.28-log|rw|STATEMENT|>>,P-GTID$\
            """);
    assertThat(
            InstanceDescription.of(
                    cluster.instance("testhost:22295"),
                    cluster.build(),
                    new States().build(),
                    AnalysisPolicy.DEFAULT,
                    NOW)
                .bracketed())
        .isEqualTo("[unknown,unchecked,5.6.28-log,rw,STATEMENT,>>,P-GTID]");
  }
}
