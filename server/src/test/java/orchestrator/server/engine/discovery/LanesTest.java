package orchestrator.server.engine.discovery;

import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import orchestrator.core.topology.Instance;
import orchestrator.server.engine.FakeClock;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers.ProbeDepth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many servers are asked at a time, and what a slow one costs the others. */
class LanesTest {
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofHours(1);

  private final FakeClock clock = new FakeClock();
  private final ScriptedServers servers = new ScriptedServers();
  private Discovery discovery = discovery(new DiscoverySettingsBuilder(OFTEN));

  @AfterEach
  void close() {
    discovery.close();
    servers.close();
  }

  @Test
  void noServerIsPolledMoreOftenThanTheIntervalAllows() {
    Duration interval = Duration.ofMillis(100);
    discovery = discovery(new DiscoverySettingsBuilder(interval));
    servers.answers("m");

    discovery.admit(key("m"));
    await().until(() -> servers.callsOf("m").size() >= 7);

    // The first interval is shorter by chance.
    List<ScriptedServers.Call> calls = servers.callsOf("m");
    Duration five = Duration.ofNanos(calls.get(6).startedNanos() - calls.get(1).startedNanos());
    assertThat(five).isGreaterThan(interval.multipliedBy(4));
  }

  @Test
  void regularProbesAreNeverMoreAtATimeThanAllowed() {
    discovery = discovery(new DiscoverySettingsBuilder(NEVER).lanes(3, 100));
    names("s", 10).forEach(server -> discovery.admit(key(server)));

    for (int asked = 3; asked <= 10; asked++) {
      int all = asked;
      await("a further one begins when one has ended").until(() -> servers.calls().size() == all);
      servers.hanging().getFirst().answer(seen(servers.hanging().getFirst()));
    }

    assertThat(servers.mostInFlight()).isEqualTo(3);
  }

  @Test
  void serversThatHangDelayNobodyElse() {
    List<String> hung = names("hung", 6);
    discovery = discovery(new DiscoverySettingsBuilder(OFTEN).lanes(7, 2));
    servers.answers("a", "b");
    hung.forEach(server -> discovery.admit(key(server)));
    await().until(() -> servers.hanging().size() == 6);
    discovery.admit(key("a"));
    discovery.admit(key("b"));

    awaitFurtherPolls("a", "b");
    assertThat(servers.hanging()).as("regular probes that hang").hasSize(6);

    servers.hanging().forEach(ScriptedServers.Call::giveUp);
    await("all but two of them wait in their lane").until(() -> servers.hanging().size() == 2);
    awaitFurtherPolls("a", "b");
    assertThat(servers.hanging()).as("probes of the dead that hang").hasSize(2);
  }

  @Test
  void serverThatHangsAgainAndAgainTakesTurnsWithTheOthersOfItsLane() {
    discovery = discovery(new DiscoverySettingsBuilder(OFTEN).lanes(10, 1));
    servers.fails("a", "b");
    discovery.admit(key("a"));
    discovery.admit(key("b"));
    awaitFurtherPolls("a", "b");
    servers.hangs("a", "b");

    for (int turn = 0; turn < 20; turn++) {
      await().until(() -> servers.hanging().size() == 1);
      servers.hanging().getFirst().giveUp();
    }

    List<ScriptedServers.Call> calls = servers.calls();
    assertThat(calls.subList(calls.size() - 20, calls.size()))
        .extracting(ScriptedServers.Call::key)
        .contains(key("a"), key("b"));
  }

  @Test
  void serverThatAnswersAgainLeavesTheLaneOfTheDead() {
    discovery = discovery(new DiscoverySettingsBuilder(OFTEN).lanes(10, 1));
    servers.fails("hung", "back");
    discovery.admit(key("hung"));
    discovery.admit(key("back"));
    awaitFurtherPolls("hung", "back");
    servers.hangs("hung");
    await().until(() -> servers.hanging().size() == 1);
    servers.answers("back");

    assertThat(discovery.probeNow(key("back"), ProbeDepth.REGULAR).join())
        .isInstanceOf(ProbeResult.Seen.class);

    awaitFurtherPolls("back");
    assertThat(servers.hanging()).as("the lane is taken all the time").hasSize(1);
  }

  @Test
  void serverThatHasFailedIsAskedAgainAfterItsBackOffOnly() {
    discovery = discovery(new DiscoverySettingsBuilder(OFTEN).backOff(1000, NEVER));
    servers.fails("dead");
    servers.answers("well");
    discovery.admit(key("dead"));
    discovery.admit(key("well"));
    await("the first interval after a failure is the regular one")
        .until(() -> servers.callsOf("dead").size() == 2);

    awaitFurtherPolls("well");

    assertThat(servers.callsOf("dead")).hasSize(2);
  }

  private Discovery discovery(DiscoverySettingsBuilder settings) {
    return new Discovery(servers, new Picture(clock), settings.build(), clock);
  }

  private static List<String> names(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static ProbeResult seen(ScriptedServers.Call call) {
    return new ProbeResult.Seen(Instance.unseen(call.key()));
  }

  private void awaitFurtherPolls(String... names) {
    for (String name : names) {
      int before = servers.callsOf(name).size();
      await(name).until(() -> servers.callsOf(name).size() >= before + 5);
    }
  }
}
