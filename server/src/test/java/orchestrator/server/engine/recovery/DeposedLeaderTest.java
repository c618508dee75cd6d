package orchestrator.server.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import orchestrator.core.analysis.ClusterRule;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.recovery.FailureCase;
import orchestrator.core.recovery.RecoveryPolicy;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.FakeHooks;
import orchestrator.server.engine.FakeRaft;
import orchestrator.server.engine.FakeServers;
import orchestrator.server.engine.NodeInfo;
import orchestrator.server.engine.Servers.ProbeDepth;
import orchestrator.server.engine.discovery.Picture;
import org.junit.jupiter.api.Test;

/**
 * A leader that is deposed in the middle of a recovery does nothing more, and whoever leads next
 * brings it to its end: it remains one recovery with one promotion.
 */
class DeposedLeaderTest {
  private static final InstanceKey MASTER = TopologyBuilder.key("m");
  private static final List<InstanceKey> REPLICAS =
      List.of(TopologyBuilder.key("r1"), TopologyBuilder.key("r2"), TopologyBuilder.key("r3"));

  private static final RecoveryPolicy POLICY =
      RecoveryPolicy.DEFAULT.with(
          Map.of(
              HookPoint.PRE_FAILOVER, List.of("pre"),
              HookPoint.POST_MASTER_FAILOVER, List.of("tell"),
              HookPoint.POST_FAILOVER, List.of("post")));

  /** Far more than a recovery has. */
  private static final int MOST_EVENTS = 500;

  /** Who leads after the first one was deposed. */
  private enum Next {
    /** Another manager. */
    OTHER,
    /** The same one, in another term. */
    SAME
  }

  @Test
  void deposedAtAnyMomentDoesNothingMoreAndAnotherManagerGoesOn() throws Exception {
    atEveryMoment(moment -> new Story(moment, Next.OTHER).deposed());
  }

  @Test
  void electedAgainAtAnyMomentGoesOnInTheNewTermOnly() throws Exception {
    atEveryMoment(moment -> new Story(moment, Next.SAME).deposed());
  }

  @Test
  void unknownOutcomeOfAnyCommitThatWasDoneEndsTheRunAndTheNextGoesOn() throws Exception {
    atEveryMoment(moment -> new Story(moment, Next.SAME).unknown(FakeRaft.Fate.UNKNOWN_AND_DONE));
  }

  @Test
  void unknownOutcomeOfAnyCommitThatWasLostEndsTheRunAndTheNextGoesOn() throws Exception {
    atEveryMoment(moment -> new Story(moment, Next.SAME).unknown(FakeRaft.Fate.UNKNOWN_AND_LOST));
  }

  /** Managers look for open recoveries that nobody runs each second, so also just then. */
  @Test
  void oneThatIsLookedForInTheMomentItIsOpenedIsBegunAllTheSame() {
    Story story = new Story(1, Next.SAME);
    story.group.onSubmit((commands, done) -> story.first.recoveries.resumeOpen());

    assertThat(story.begin()).isInstanceOf(Recoveries.Begun.Running.class);

    story.finish();
    story.assertOneGoodEnd();
    assertThat(story.journaled()).noneMatch(JournalEntry.Resumed.class::isInstance);
  }

  /** A story that is told with its turn at this moment, counted from 1. */
  private interface Told {
    /** False when the story was over before its turn. */
    boolean at(int moment) throws Exception;
  }

  /** Many stories at a time, since they mostly wait. */
  private static void atEveryMoment(Told story) throws Exception {
    Semaphore atOnce = new Semaphore(16);
    List<Future<Boolean>> stories = new ArrayList<>();
    int turns = 0;
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      boolean more = true;
      for (int moment = 1; more && moment < MOST_EVENTS; moment++) {
        int turn = moment;
        atOnce.acquire();
        Callable<Boolean> told =
            () -> {
              try {
                return story.at(turn);
              } finally {
                atOnce.release();
              }
            };
        stories.add(executor.submit(told));
        more = stories.stream().filter(Future::isDone).allMatch(DeposedLeaderTest::hadItsTurn);
      }
      for (Future<Boolean> told : stories) {
        turns += told.get() ? 1 : 0;
      }
    }
    assertThat(turns).as("moments of a recovery").isBetween(5, MOST_EVENTS - 20);
  }

  private static boolean hadItsTurn(Future<Boolean> story) {
    return story.state() == Future.State.SUCCESS && story.resultNow();
  }

  /** One manager of the story. */
  private static final class Node {
    final FakeRaft.Member member;
    final Recoveries recoveries;

    Node(String name, FakeRaft group, FakeServers servers, FakeHooks hooks) {
      member = group.member();
      InstantSource clock = InstantSource.system();
      Picture picture = new Picture(clock);
      REPLICAS.forEach(key ->
          picture.record(
              key, servers.view().probe(key, ProbeDepth.REGULAR, Duration.ofSeconds(1))));
      NodeInfo info = new NodeInfo(name, name + ".host", "", "test", "none", Instant.EPOCH);
      recoveries =
          new Recoveries(
              new RecoveryPorts(
                  servers.view(), member, hooks, picture, (type, key, message) -> {}, clock),
              new Recoveries.Rules(POLICY, ClusterRule.EVERY_CLUSTER, ClusterRule.EVERY_CLUSTER),
              new AddressBook(clock),
              info,
              blocked -> {});
    }
  }

  /** One recovery of which something becomes. */
  private static final class Story {
    private final int moment;
    private final Next next;
    private final FakeRaft group = new FakeRaft();
    private final FakeServers servers = FakeServers.masterWithReplicas(3, InstantSource.system());
    private final FakeHooks hooks = new FakeHooks();
    private final Node first;
    private final Node second;
    private final AtomicInteger events = new AtomicInteger();
    private volatile int toldBefore = -1;
    private volatile int hooksBefore;

    Story(int moment, Next next) {
      this.moment = moment;
      this.next = next;
      servers.kill("m");
      first = new Node("n1", group, servers, hooks);
      second = new Node("n2", group, servers, hooks);
      group.lead(first.member);
    }

    boolean deposed() {
      group.onSubmit((commands, done) -> passes());
      servers.onAction((action, done) -> passes());
      hooks.onRun((run, done) -> passes());
      var _ = begin();
      boolean turned = finish();
      if (turned) {
        assertTheFirstDidNothingMore();
      }
      assertOneGoodEnd();
      return turned;
    }

    boolean unknown(FakeRaft.Fate fate) {
      group.fates(commands ->
          isJournal(commands) && events.incrementAndGet() == moment
              ? fate
              : FakeRaft.Fate.COMMITTED);
      var _ = begin();
      finish();
      assertOneGoodEnd();
      return events.get() >= moment;
    }

    private Recoveries.Begun begin() {
      FailureCase failure =
          new FailureCase(
              MASTER,
              "DeadMaster",
              "dead",
              "m:3306",
              "main",
              "",
              "master",
              REPLICAS,
              false,
              true,
              true,
              true,
              "seen");
      return first.recoveries.begin(failure, RecoveryOrigin.AUTOMATIC, "1:x", List.of());
    }

    /** Something happens. */
    private void passes() {
      if (events.incrementAndGet() == moment) {
        servers.atomically(() -> {
          group.depose();
          toldBefore = servers.told().size();
          hooksBefore = hooks.runs().size();
          group.lead(next == Next.OTHER ? second.member : first.member);
        });
      }
    }

    /** Each manager looks for open recoveries, again and again, as it does in real life. */
    private boolean finish() {
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            first.recoveries.resumeOpen();
            second.recoveries.resumeOpen();
            return ticket().filter(ticket -> !ticket.isOpen()).isPresent() || neverBegun();
          });
      return toldBefore >= 0;
    }

    /** Deposed before the ticket was committed: then there is nothing to go on with. */
    private boolean neverBegun() {
      return ticket().isEmpty() && toldBefore >= 0;
    }

    private Optional<RecoveryTicket> ticket() {
      return Optional.ofNullable(group.state().recoveries().get("1:x"));
    }

    private void assertTheFirstDidNothingMore() {
      List<FakeServers.Told> later = servers.told().subList(toldBefore, servers.told().size());
      assertThat(later).as("told after moment %d", moment).allMatch(told -> told.term() == 2);
      assertThat(hooks.runs().stream().skip(hooksBefore))
          .as("run after moment %d", moment)
          .allMatch(run -> run.variable("ORC_RAFT_TERM").equals("2"));
    }

    private void assertOneGoodEnd() {
      if (ticket().isEmpty()) {
        assertThat(servers.told()).isEmpty();
        return;
      }
      RecoveryTicket ticket = ticket().get();
      assertThat(ticket.successful()).as("moment %d: %s", moment, ticket.errors()).isTrue();
      assertThat(servers.writable()).containsExactly(ticket.promoted().orElseThrow());
      assertThat(everMadeWritable()).containsOnly(ticket.promoted().get());
      assertThat(journaled()).filteredOn(JournalEntry.Promoted.class::isInstance).hasSize(1);
      assertThat(journaled()).filteredOn(JournalEntry.Closed.class::isInstance).hasSize(1);
      assertThat(ticket.replicasWith(ReplicaFate.Kind.MOVED)).hasSize(2);
      ticket
          .replicasWith(ReplicaFate.Kind.MOVED)
          .forEach(key ->
              assertThat(servers.sourceOf(key.hostname())).contains(ticket.promoted().get()));
      assertHooksRanAndSaidSo(ticket);
    }

    private void assertHooksRanAndSaidSo(RecoveryTicket ticket) {
      for (String hook : List.of("pre", "tell", "post")) {
        List<FakeHooks.Run> runs = hooks.runs(hook);
        assertThat(runs).as("%s at moment %d", hook, moment).isNotEmpty();
        assertThat(runs).allMatch(run -> run.variable("ORC_RECOVERY_UID").equals(ticket.uid()));
        assertThat(runs.stream().skip(1))
            .as("repetitions of %s at moment %d", hook, moment)
            .allMatch(run -> run.variable("ORC_HOOK_REPEATED").equals("true"));
      }
    }

    private List<InstanceKey> everMadeWritable() {
      return servers.told().stream()
          .map(FakeServers.Told::action)
          .filter(action -> action instanceof ServerAction.SetReadOnly set && !set.readOnly())
          .map(ServerAction::target)
          .toList();
    }

    private List<JournalEntry> journaled() {
      return group.done().stream()
          .flatMap(List::stream)
          .filter(Command.Journal.class::isInstance)
          .flatMap(command -> ((Command.Journal) command).entries().stream())
          .toList();
    }

    private static boolean isJournal(List<Command> commands) {
      return commands.getFirst() instanceof Command.Journal;
    }
  }
}
