package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import orchestrator.system.HaltingManager.Point;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that was away while the log was purged gets the leader's snapshot (Raft dissertation §5),
 * and drops dead at each moment of its installation.
 */
@Tag("long")
class InterruptedInstallationTest {
  private static final List<Point> MOMENTS =
      List.of(
          Point.before("Installing snapshot:"),
          Point.before("Installed snapshot, renaming"),
          Point.before("Successfully ran .*Files.move .*/sm to .*/sm.tmp"),
          Point.before("Successfully ran .*Files.move .*/tmp/snapshot-.* to .*/sm$"));

  @TempDir Path folder;
  private Path haltFile;
  private ManagerGroup group;

  @BeforeEach
  void start() {
    haltFile = folder.resolve("halt");
    group = ManagerGroup.of(3, folder, configuration()).halting(haltFile).startAll();
  }

  ManagerConfiguration configuration() {
    return ManagerConfiguration.quick();
  }

  @AfterEach
  void stop() {
    group.close();
  }

  @Test
  void aNodeKilledAtAnyMomentOfAnInstallationComesBackWithTheStateOfTheOthers() throws IOException {
    Node away = group.follower();
    group.get(group.leader(), "put-key-value/before/v");
    group.awaitSameState();
    long had = group.index(away, "AppliedIndex");
    group.kill(away);
    PurgedLog.leaveBehind(group, had);

    for (Point moment : MOMENTS) {
      HaltingNode.ask(haltFile, moment);
      group.start(away);
      assertThat(group.process(away).awaitEnd(ManagerGroup.LIMIT))
          .as("%s: %s", moment, Files.readString(away.home().resolve("log")))
          .isEqualTo(HaltingManager.HALTED);
      assertThat(Files.exists(haltFile)).isFalse();
    }
    group.start(away);

    await("it takes part")
        .atMost(ManagerGroup.LIMIT)
        .until(() -> group.get(away, "raft-health").isOk());
    group.awaitSameState();
    assertThat(group.index(away, "SnapshotIndex")).isGreaterThan(had);
    assertThat(group.get(group.leader(), "put-key-value/after/v").isOk()).isTrue();
    group.awaitSameState();
  }
}
