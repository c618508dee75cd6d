package orchestrator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.binlog.LogReader;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.recovery.TakeoverSurvey;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.Fence;
import orchestrator.server.engine.Leadership;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.discovery.Picture;
import orchestrator.server.engine.recovery.AddressBook;
import orchestrator.server.engine.recovery.Recoveries;
import orchestrator.server.engine.recovery.RecoveryPorts;
import orchestrator.server.mysql.HostnameResolver;
import orchestrator.server.mysql.MySqlServers;
import orchestrator.server.mysql.SystemNames;
import orchestrator.server.mysql.TopologyAccess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A leader freezes in the middle of a recovery, right after it has made sure that it leads and
 * before it sends a change; another takes the recovery over; then the first one wakes, and sends
 * what it was about to send.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrozenLeaderTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Longer than the successor needs. */
  private static final Duration ACTION = Duration.ofSeconds(40);

  private static final String UID = "1:frozen";

  private Sandbox sandbox;

  @BeforeAll
  void startServers() {
    sandbox = Sandbox.start(SandboxSpec.masterAndReplicas(ServerKind.MYSQL_8_0, 2));
  }

  @AfterAll
  void stopServers() {
    sandbox.close();
  }

  @Test
  void leaderThatWakesBeforeItMakesTheServerWritableChangesNothing() throws InterruptedException {
    assertThat(new Story(before("SetReadOnly\\[.*readOnly=false")).toldWithItsTurn()).isTrue();
  }

  @Test
  void leaderThatWakesBeforeItMovesAReplicaChangesNothing() throws InterruptedException {
    assertThat(new Story(before("ChangeSource\\[")).toldWithItsTurn()).isTrue();
  }

  @Tag("long")
  @Test
  void leaderThatWakesAtAnyOfItsChangesChangesNothing() throws InterruptedException {
    int moment = 1;
    while (new Story(number(moment)).toldWithItsTurn()) {
      moment++;
    }
    assertThat(moment).as("moments of a recovery").isGreaterThan(5);
  }

  @Test
  void leaderThatWakesInTheMidstOfItsSuccessorsWorkDoesNoHarm() throws InterruptedException {
    Moment promotes = before("SetReadOnly\\[.*readOnly=false");
    assertThat(new Story(before("ChangeSource\\["), promotes).toldWithItsTurn()).isTrue();
  }

  /** What it is about to send, it sends before its successor has come to that server, or after. */
  @Tag("long")
  @Test
  void leaderThatWakesAtAnyOfItsSuccessorsChangesDoesNoHarm() throws InterruptedException {
    int stories = 0;
    boolean any = true;
    for (int moment = 1; any; moment++) {
      any = false;
      for (int later = 1; new Story(number(moment), number(later)).toldWithItsTurn(); later++) {
        any = true;
        stories++;
      }
    }
    assertThat(stories).as("pairs of moments").isGreaterThan(15);
  }

  /** Tells at which of the moments, when it is about to send, the first leader freezes. */
  private interface Moment {
    boolean isNow(ServerAction action);
  }

  /** It holds the server's lock already, since it has stopped its IO thread. */
  private static Moment before(String pattern) {
    return action -> action.toString().matches(".*" + pattern + ".*");
  }

  private static Moment number(int wanted) {
    AtomicInteger calls = new AtomicInteger();
    return action -> calls.incrementAndGet() == wanted;
  }

  private static InstanceKey key(SandboxServer server) {
    return new InstanceKey(server.host(), server.port());
  }

  private static MySqlServers connections() {
    InstantSource clock = InstantSource.system();
    return new MySqlServers(
        TopologyAccess.of(Account.ORCHESTRATOR.user(), Account.ORCHESTRATOR.password())
            .with(TopologyAccess.ServerName.AS_GIVEN),
        new HostnameResolver(
            HostnameResolver.Method.NONE,
            Duration.ofHours(1),
            Optional.empty(),
            new SystemNames(Duration.ofSeconds(1)),
            clock,
            name -> List.of()),
        clock);
  }

  /** One recovery that two managers run. */
  private final class Story {
    private final Moment moment;
    private final Optional<Moment> waking;
    private final FakeRaft group = new FakeRaft();
    private final CountDownLatch frozen = new CountDownLatch(1);
    private final CountDownLatch awake = new CountDownLatch(1);
    private final CountDownLatch late = new CountDownLatch(1);
    private volatile Optional<ActionOutcome> lateOutcome = Optional.empty();

    /** The first leader wakes when its successor is done. */
    Story(Moment moment) {
      this(moment, Optional.empty());
    }

    /**
     * @param waking when its successor is about to send this, which waits until the first has sent
     */
    Story(Moment moment, Moment waking) {
      this(moment, Optional.of(waking));
    }

    private Story(Moment moment, Optional<Moment> waking) {
      this.moment = moment;
      this.waking = waking;
    }

    /** False when the recovery was over before one of its moments. */
    boolean toldWithItsTurn() throws InterruptedException {
      orchestrator.system.Servers.reset(sandbox);
      SandboxServer old = sandbox.master();
      try (MySqlServers one = connections();
          MySqlServers two = connections()) {
        FakeRaft.Member first = group.member();
        FakeRaft.Member second = group.member();
        group.lead(first);
        Recoveries firstRecoveries = recoveries("n1", first, new Steered(one, this::freezing), one);
        Recoveries secondRecoveries = recoveries("n2", second, new Steered(two, this::waking), two);
        old.kill();
        var _ = firstRecoveries.begin(failureOf(old), RecoveryOrigin.AUTOMATIC, UID, List.of());
        boolean turned = freezes();
        if (turned) {
          group.lead(second);
          secondRecoveries.resumeOpen();
        }
        awaitEnd();
        boolean wokeBefore = awake.getCount() == 0;
        awake.countDown();
        if (turned) {
          assertThat(late.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        if (turned && !wokeBefore) {
          assertThat(lateOutcome).get().isNotInstanceOf(ActionOutcome.Applied.class);
        }
        assertOneGoodEnd();
        return turned && waking.isPresent() == wokeBefore;
      }
    }

    private boolean freezes() {
      await("the first leader freezes, or ends")
          .pollInterval(Duration.ofMillis(5))
          .atMost(LIMIT)
          .until(() -> frozen.getCount() == 0 || isClosed());
      return frozen.getCount() == 0;
    }

    private boolean isClosed() {
      return ticket().filter(ticket -> !ticket.isOpen()).isPresent();
    }

    private Optional<RecoveryTicket> ticket() {
      return Optional.ofNullable(group.state().recoveries().get(UID));
    }

    private void awaitEnd() {
      await("the recovery is closed").atMost(LIMIT).until(this::isClosed);
    }

    private void assertOneGoodEnd() {
      RecoveryTicket ticket = ticket().orElseThrow();
      assertThat(ticket.successful()).as(ticket.errors().toString()).isTrue();
      assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(1);
      SandboxServer promoted =
          sandbox.servers().stream()
              .filter(server -> ticket.promoted().filter(key(server)::equals).isPresent())
              .findAny()
              .orElseThrow();
      orchestrator.system.Servers.assertOneMaster(sandbox, promoted);
    }

    private Recoveries recoveries(
        String name, FakeRaft.Member member, Servers servers, MySqlServers connections) {
      InstantSource clock = InstantSource.system();
      Picture picture = new Picture(clock);
      for (SandboxServer server : sandbox.servers()) {
        ProbeResult read = connections.probe(key(server), Servers.ProbeDepth.FULL, ACTION);
        picture.record(key(server), read);
      }
      return new Recoveries(
          new RecoveryPorts(
              servers, member, new FakeHooks(), picture, (type, key, message) -> {}, clock),
          new Recoveries.Rules(
              RecoveryPolicy.DEFAULT, ClusterRule.EVERY_CLUSTER, ClusterRule.EVERY_CLUSTER),
          new AddressBook(clock),
          new NodeInfo(name, "host", "", "test", "none", Instant.EPOCH),
          blocked -> {});
    }

    private FailureCase failureOf(SandboxServer old) {
      return new FailureCase(
          key(old),
          "DeadMaster",
          "dead",
          old.address(),
          "main",
          "",
          "master",
          sandbox.replicas().stream().map(FrozenLeaderTest::key).toList(),
          false,
          true,
          true,
          true,
          "seen");
    }

    private ActionOutcome freezing(Servers real, ServerAction action, Fence fence) {
      Freeze right = new Freeze(action, fence.right());
      ActionOutcome outcome =
          real.perform(action, new Fence(fence.node(), right, fence.purpose()), ACTION);
      if (right.froze) {
        lateOutcome = Optional.of(outcome);
        late.countDown();
      }
      return outcome;
    }

    private ActionOutcome waking(Servers real, ServerAction action, Fence fence) {
      if (awake.getCount() > 0 && waking.filter(when -> when.isNow(action)).isPresent()) {
        awake.countDown();
        waitFor(late);
      }
      return real.perform(action, fence, ACTION);
    }

    private static void waitFor(CountDownLatch latch) {
      try {
        boolean _ = latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** How a manager's change is sent to the real servers. */
    private interface Sending {
      ActionOutcome send(Servers real, ServerAction action, Fence fence);
    }

    /** The servers as a manager reaches them whose changes are sent in another way. */
    private static final class Steered implements Servers {
      private final Servers real;
      private final Sending sending;

      Steered(Servers real, Sending sending) {
        this.real = real;
        this.sending = sending;
      }

      @Override
      public ActionOutcome perform(ServerAction action, Fence fence, Duration deadline) {
        return sending.send(real, action, fence);
      }

      @Override
      public ProbeResult probe(InstanceKey key, ProbeDepth depth, Duration deadline) {
        return real.probe(key, depth, deadline);
      }

      @Override
      public TakeoverSurvey survey(InstanceKey key, Duration deadline) {
        return real.survey(key, deadline);
      }

      @Override
      public LogReader logs(Duration deadline) {
        return real.logs(deadline);
      }

      @Override
      public List<String> statementsOf(ServerAction action, Instance target) {
        return real.statementsOf(action, target);
      }

      @Override
      public Watch watch(InstanceKey key, WatchListener onEnd) {
        return real.watch(key, onEnd);
      }

      @Override
      public void forget(InstanceKey key) {
        real.forget(key);
      }

      @Override
      public void close() {}
    }

    /** Says that the lead is held, when it was held before the freeze. */
    private final class Freeze implements Leadership {
      private final ServerAction action;
      private final Leadership real;
      private volatile boolean froze;

      Freeze(ServerAction action, Leadership real) {
        this.action = action;
        this.real = real;
      }

      @Override
      public long term() {
        return real.term();
      }

      @Override
      public boolean isValid() {
        boolean valid = real.isValid();
        if (valid && frozen.getCount() > 0 && moment.isNow(action)) {
          froze = true;
          frozen.countDown();
          waitFor(awake);
        }
        return valid;
      }
    }
  }
}
