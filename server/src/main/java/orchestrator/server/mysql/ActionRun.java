package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import orchestrator.core.binlog.PseudoGtid;
import orchestrator.core.relocation.ActionOutcome;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Fence;
import orchestrator.server.mysql.ActionStatements.Supplements;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of one server, from taking the named lock to reading what came of it. Runs under the
 * server's action lock.
 *
 * <p>A manager that lost the lead, and does not know it yet, changes nothing: it sends a change
 * only after it held the lock, and then found that it still leads. So a successor that works on the
 * server comes later, and ends its session first.
 *
 * <p>A reply that is lost leaves open whether the change was made. A new session that holds the
 * named lock can tell: the old one is ended by then, so that the server stays as it is read. Only
 * when there is no new session by the deadline the outcome remains unknown.
 */
final class ActionRun {
  private static final Logger log = LoggerFactory.getLogger(ActionRun.class);

  /** How long a thread that was started may take to reach its source before we report. */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  /** What a packet needs at a distance. */
  private static final Duration ONE_MORE_PACKET = Duration.ofMillis(100);

  private static final Duration FIRST_LOOK_AGAIN = Duration.ofMillis(5);
  private static final Duration LONGEST_LOOK_AGAIN = Duration.ofMillis(100);

  private final TopologyServer server;
  private final ServerAction action;
  private final Fence fence;
  private final Deadline deadline;
  private final SupplementFinder supplements;
  private final List<String> threadsToRestore = new ArrayList<>();

  /** Whether the change may have been made without our knowing. */
  private boolean maybeSent;

  /**
   * The server refused a packet: the next one holds nothing that could be at fault but the change.
   */
  private boolean refusedBefore;

  ActionRun(
      TopologyServer server,
      ServerAction action,
      Fence fence,
      Deadline deadline,
      SupplementFinder supplements) {
    this.server = server;
    this.action = action;
    this.fence = fence;
    this.deadline = deadline;
    this.supplements = supplements;
  }

  /** Finds what an action needs beyond what the server itself tells. */
  interface SupplementFinder {
    /**
     * @param link to the target itself
     * @throws NotPossibleException when it cannot be found
     */
    Supplements find(
        ServerAction.ChangeSource change, Instance target, Link link, Deadline deadline)
        throws NotPossibleException, SessionException;

    /** Whether the target is to acknowledge its source's commits, if the action starts it. */
    Optional<Boolean> acknowledging(ServerAction action, Instance target);

    /** By which the server's replicas log in, as far as they tell. */
    Set<String> replicationUsers();
  }

  /** The change cannot be made, and nothing was done. */
  static final class NotPossibleException extends Exception {
    private static final long serialVersionUID = 1L;

    NotPossibleException(String reason) {
      super(reason);
    }
  }

  ActionOutcome run() {
    String reason = "no time left";
    while (!deadline.isOver()) {
      Link link;
      try {
        link = server.actionLink(refusedBefore, deadline);
      } catch (SessionException e) {
        return undone("no connection: " + e.reason());
      }
      try {
        return attempt(link);
      } catch (NotPossibleException e) {
        return undone(String.valueOf(e.getMessage()));
      } catch (SessionException e) {
        reason = e.reason();
        Optional<ActionOutcome> end = afterFailure(link, e);
        if (end.isPresent()) {
          return end.get();
        }
      }
    }
    server.dropActionLink();
    return undone(reason);
  }

  /** What the failure of a packet means for the whole; empty to try again. */
  private Optional<ActionOutcome> afterFailure(Link link, SessionException failure) {
    if (!failure.isAnswered()) {
      server.dropActionLink();
      return Optional.empty();
    }
    try {
      if (failure.errorCode() == FenceLock.HELD_BY_ANOTHER) {
        new FenceTaking(link, fence, deadline).take();
        return Optional.empty();
      }
      if (!refusedBefore) {
        // Perhaps what was learnt of the server is out of date: see it with new eyes.
        refusedBefore = true;
        server.dropActionLink();
        return Optional.empty();
      }
      if (!threadsToRestore.isEmpty()) {
        makeSureOfRight(link);
      }
      Instance seen = packet(link, threadsToRestore);
      return Optional.of(
          isReached(seen) && !maybeSent
              ? new ActionOutcome.Applied(seen)
              : undone(failure.reason()));
    } catch (NotPossibleException e) {
      return Optional.of(undone(String.valueOf(e.getMessage())));
    } catch (SessionException e) {
      server.dropActionLink();
      return e.isAnswered() ? Optional.of(undone(failure.reason())) : Optional.empty();
    }
  }

  private ActionOutcome undone(String reason) {
    String text = server.key() + ": " + reason;
    return maybeSent ? new ActionOutcome.Unknown(text) : new ActionOutcome.NotApplied(text);
  }

  private ActionOutcome attempt(Link link) throws SessionException, NotPossibleException {
    if (action instanceof ServerAction.EndClients) {
      return endClients(link);
    }
    if (action instanceof ServerAction.InjectMarker inject) {
      return inject(link, inject);
    }
    Optional<Instance> known = server.last().filter(last -> !refusedBefore && !maybeSent);
    Instance before = isUrgent() && known.isPresent() ? known.get() : packet(link, List.of());
    if (!isUrgent() && isReached(before) && !isRepeated()) {
      return new ActionOutcome.Applied(before);
    }
    if (maybeSent && isReached(before)) {
      return new ActionOutcome.Applied(before);
    }
    Supplements needed =
        action instanceof ServerAction.ChangeSource change
            ? supplements.find(change, before, link, deadline)
            : Supplements.NONE;
    List<String> statements =
        ActionStatements.of(
            action, before, needed.acknowledging(supplements.acknowledging(action, before)));
    rememberThreads(before);
    Instance after = change(link, statements);
    Instance settled = settle(link, after);
    if (ActionGoal.isDone(action, settled, server.names()::resolve)) {
      return new ActionOutcome.Applied(settled);
    }
    maybeSent = false;
    return undone(ActionGoal.obstacle(settled));
  }

  private ActionOutcome endClients(Link link) throws SessionException, NotPossibleException {
    makeSureOfRight(link);
    ClientEnding.Target target =
        new ClientEnding.Target() {
          @Override
          public List<Table> send(List<String> statements) throws SessionException {
            return ActionRun.this.send(link, statements, "", 0);
          }

          @Override
          public boolean hasTime() {
            return deadline.remaining().compareTo(ONE_MORE_PACKET) > 0;
          }

          @Override
          public void pause(Duration duration) {
            LockSupport.parkNanos(duration.toNanos());
          }
        };
    ClientEnding.Report report =
        new ClientEnding(
                target,
                link.facts().version(),
                link.facts().processList(),
                supplements.replicationUsers())
            .run();
    log.info("{}: connections of clients: {}", server.key(), report.text());
    return report.complete()
        ? new ActionOutcome.Applied(packet(link, List.of()), report.text())
        : new ActionOutcome.NotApplied(server.key() + ": " + report.text());
  }

  /**
   * Read in the same session, right before: our user may be able to write to a read-only server.
   */
  private ActionOutcome inject(Link link, ServerAction.InjectMarker inject)
      throws SessionException, NotPossibleException {
    makeSureOfRight(link);
    if (!server.markerRight().isGiven(link.session(), bounded())) {
      throw new NotPossibleException(
          "our user lacks DROP on `" + PseudoGtid.SCHEMA + "`.*, which injecting markers needs");
    }
    Instance before = packet(link, List.of());
    if (before.readOnly()) {
      return new ActionOutcome.NotApplied(server.key() + " is read-only");
    }
    send(link, List.of(inject.statement()), "", 0);
    return new ActionOutcome.Applied(before);
  }

  /** Changes that are made without a look before: no round trip more than they need. */
  private boolean isUrgent() {
    return switch (action) {
      case ServerAction.StopReplication ignored -> true;
      case ServerAction.StopIoThread ignored -> true;
      case ServerAction.StartIoThread ignored -> true;
      case ServerAction.StartSqlThread ignored -> true;
      case ServerAction.SetReadOnly ignored -> true;
      case ServerAction.EndClients ignored -> true;
      case ServerAction.InjectMarker ignored -> false;
      case ServerAction.StartReplication ignored -> false;
      case ServerAction.RestartReplication ignored -> false;
      case ServerAction.ChangeSource ignored -> false;
      case ServerAction.ResetReplication ignored -> false;
      case ServerAction.DetachSource ignored -> false;
      case ServerAction.ReattachSource ignored -> false;
      case ServerAction.SetSemiSyncMaster ignored -> false;
      case ServerAction.SetSemiSyncReplica ignored -> false;
    };
  }

  /** A restart is asked for although replication runs. */
  private boolean isRepeated() {
    return action instanceof ServerAction.RestartReplication;
  }

  private boolean isReached(Instance instance) {
    return ActionGoal.isReached(action, instance, server.names()::resolve);
  }

  private Instance change(Link link, List<String> statements)
      throws SessionException, NotPossibleException {
    if (statements.isEmpty()) {
      return packet(link, List.of());
    }
    makeSureOfRight(link);
    boolean before = maybeSent;
    maybeSent = true;
    try {
      if (!refusedBefore) {
        return packet(link, statements);
      }
      send(link, statements, "", 0);
      return packet(link, List.of());
    } catch (SessionException e) {
      if (e.isAnswered() && e.errorCode() == FenceLock.HELD_BY_ANOTHER) {
        maybeSent = before;
      } else if (e.isAnswered() && refusedBefore) {
        // The statements were alone, and one was refused: what it asks for was not done.
        maybeSent = false;
      }
      throw e;
    }
  }

  /** The lock first, then the lead: in this order nobody can have come in between. */
  private void makeSureOfRight(Link link) throws SessionException, NotPossibleException {
    if (fence.term() < link.shownTerm()) {
      throw new NotPossibleException("this manager acts in the later term " + link.shownTerm());
    }
    if (!link.holdsLock() && fence.right().isValid()) {
      send(link, List.of(), "", 0);
    }
    if (!fence.right().isValid()) {
      throw new NotPossibleException(
          "this manager does not lead in term " + fence.term() + " any more");
    }
  }

  /** One round trip: the guard, the statements, and a read of the server. */
  private Instance packet(Link link, List<String> statements) throws SessionException {
    ProbePacket packet = link.packet();
    ProbePacket.Extras extras =
        new ProbePacket.Extras(server.extras(link.facts(), false).semiSyncStatus(), false);
    long started = System.nanoTime();
    List<Table> tables = send(link, statements, packet.text(extras), packet.count(extras));
    Instant now = server.clock().instant();
    Duration latency = Duration.ofNanos(System.nanoTime() - started);
    InstanceKey name =
        server
            .serverName(link.facts())
            .map(host -> new InstanceKey(host, server.key().port()))
            .orElse(server.key());
    int first = tables.size() - packet.count(extras);
    return server.read(name, packet.answer(extras, tables, first), now, latency);
  }

  /**
   * Sends the guard and what it guards.
   *
   * @param tail a further text of {@code tailCount} statements
   */
  private List<Table> send(Link link, List<String> statements, String tail, int tailCount)
      throws SessionException {
    List<String> all = new ArrayList<>(link.showTerm(fence.term()));
    all.add(FenceLock.guard(fence, 0));
    all.addAll(statements);
    String text = String.join(";", all) + (tail.isEmpty() ? "" : ";" + tail);
    List<Table> tables = link.session().run(text, all.size() + tailCount, bounded());
    link.lockTaken();
    return tables;
  }

  private Deadline bounded() {
    return deadline.orSooner(server.access().timeouts().actionRead());
  }

  /** Threads that were started need a moment to say whether they can work. */
  private Instance settle(Link link, Instance after) throws SessionException {
    if (!ActionGoal.startsThreads(action)) {
      return after;
    }
    Deadline patience = deadline.orSooner(SETTLE);
    Instance seen = after;
    Duration wait = FIRST_LOOK_AGAIN;
    while (!(isReached(seen) && ActionGoal.isSettled(seen)) && !patience.isOver()) {
      try {
        Thread.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return seen;
      }
      wait = wait.compareTo(LONGEST_LOOK_AGAIN) < 0 ? wait.multipliedBy(2) : LONGEST_LOOK_AGAIN;
      seen = packet(link, List.of());
    }
    return seen;
  }

  private void rememberThreads(Instance before) {
    boolean stopsBoth =
        action instanceof ServerAction.ChangeSource
            || action instanceof ServerAction.DetachSource
            || action instanceof ServerAction.ReattachSource;
    if (stopsBoth && threadsToRestore.isEmpty() && before.isReplicating()) {
      threadsToRestore.add(Dialect.of(before.version()).startReplica());
    }
  }
}
