package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import orchestrator.sandbox.process.Placement;
import orchestrator.system.ManagerGroup.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that are named by their IPv6 addresses. */
class Ipv6GroupTest {
  @TempDir Path folder;

  @Test
  void membersWithIpv6AddressesFormAGroup() {
    assumeTrue(hasIpv6(), "this machine has no ::1");
    Placement place = new Placement("[::1]", "%", List.of());
    try (ManagerGroup group =
        ManagerGroup.placed(Collections.nCopies(3, place), folder, ManagerConfiguration.quick())
            .startAll()) {
      group.leader();
      for (Node node : group.nodes()) {
        group.awaitHealthy(node);
        await("a write through " + node)
            .atMost(ManagerGroup.LIMIT)
            .until(() -> group.get(node, "put-key-value/key" + node.number() + "/v").isOk());
      }
      group.awaitSameState();
      Node leader = group.leader();
      assertThat(group.raft(group.follower()).orElseThrow().path("Leader").asString())
          .isEqualTo(leader.raftAddress())
          .startsWith("[::1]:");
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return socket.isBound();
    } catch (IOException _) {
      return false;
    }
  }
}
