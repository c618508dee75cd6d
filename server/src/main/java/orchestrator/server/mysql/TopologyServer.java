package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.mysql.Connector.Purpose;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One topology server as we hold it: a connection to read, one to act, and what is remembered of
 * it. The locks keep two reads, and two changes, from overlapping; each connection belongs to the
 * holder of its lock.
 */
final class TopologyServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopologyServer.class);

  /** A spare connection that did not come about is tried again after so long. */
  private static final Duration SPARE_RETRY = Duration.ofSeconds(5);

  private final InstanceKey key;
  private final TopologyAccess access;
  private final Connector connector;
  private final HostnameResolver names;
  private final InstantSource clock;
  private final Classifier classifier;
  private final InstanceReader reader;

  private final MarkerRight markerRight;

  final ReentrantLock probeLock = new ReentrantLock();
  final ReentrantLock actionLock = new ReentrantLock();

  private volatile @Nullable Link probeLink;
  private volatile @Nullable Link actionLink;
  private volatile @Nullable Instance last;
  private volatile long lastUsedNanoTime = System.nanoTime();
  private volatile boolean closed;
  private final AtomicBoolean spareUnderWay = new AtomicBoolean();
  private volatile Instant spareDue = Instant.MIN;
  private volatile Map<OptionalStatement, String> refusals = Map.of();

  TopologyServer(
      InstanceKey key,
      TopologyAccess access,
      Connector connector,
      HostnameResolver names,
      InstantSource clock) {
    this.key = key;
    this.access = access;
    this.connector = connector;
    this.names = names;
    this.clock = clock;
    this.classifier = new Classifier(access.classifiers(), access.timeouts().userQuery());
    this.reader = new InstanceReader(access, names::resolve, classifier);
    this.markerRight = new MarkerRight(clock);
  }

  InstanceKey key() {
    return key;
  }

  TopologyAccess access() {
    return access;
  }

  HostnameResolver names() {
    return names;
  }

  InstantSource clock() {
    return clock;
  }

  /** Under {@link #actionLock}. */
  MarkerRight markerRight() {
    return markerRight;
  }

  Classifier classifier() {
    return classifier;
  }

  /** The server as it was read last, by a probe or after a change. */
  Optional<Instance> last() {
    return Optional.ofNullable(last);
  }

  /** Whether the lock was got by the deadline. */
  static boolean lockedBy(ReentrantLock lock, Deadline deadline) {
    try {
      return lock.tryLock(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  boolean hasProbeLink() {
    Link link = probeLink;
    return link != null && link.isUsable(access.timeouts().connectionLifetime());
  }

  /** The connection to read; new when there is none. Under {@link #probeLock}. */
  Link probeLink(Progress progress, Deadline deadline) throws SessionException {
    Link link = probeLink;
    if (link == null || !hasProbeLink()) {
      dropProbeLink();
      link = open(Purpose.PROBE, progress, deadline);
      probeLink = link;
      synchronized (reader) {
        reader.forgetMemory(link.facts());
      }
      closeIfClosed();
    }
    return link;
  }

  /** A connection to read that is nobody else's; to be closed after use. Needs no lock. */
  Link linkBeside(Progress progress, Deadline deadline) throws SessionException {
    return open(Purpose.PROBE, progress, deadline);
  }

  /**
   * The connection to act; new when there is none. Under {@link #actionLock}.
   *
   * @param learnAnew whether what the probes have learnt is not to be trusted
   */
  Link actionLink(boolean learnAnew, Deadline deadline) throws SessionException {
    Link link = actionLink;
    if (link == null || !link.isUsable(Duration.ZERO)) {
      dropActionLink();
      Link probing = probeLink;
      link =
          probing != null && probing.session().isOpen() && !learnAnew
              ? new Link(connector.open(key, Purpose.ACTION, deadline), probing.facts())
              : open(Purpose.ACTION, new Progress(), deadline);
      actionLink = link;
      closeIfClosed();
    }
    return link;
  }

  private Link open(Purpose purpose, Progress progress, Deadline deadline) throws SessionException {
    Session session = connector.open(key, purpose, deadline);
    try {
      return new Link(session, learn(session, progress, deadline));
    } catch (SessionException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  ServerFacts learn(Session session, Progress progress, Deadline deadline) throws SessionException {
    Learning learning = new Learning(session, deadline.orSooner(access.timeouts().probeRead()));
    try {
      ServerFacts facts =
          learning.learn(!access.replicationCredentialsQuery().isEmpty(), clock.instant());
      logRefusals(facts);
      return facts;
    } finally {
      progress.hasReadVariables |= learning.hasReadVariables();
    }
  }

  /** Once, and again when they change: what is refused limits what can be known of the server. */
  private void logRefusals(ServerFacts facts) {
    if (!facts.refusals().equals(refusals)) {
      refusals = facts.refusals();
      refusals.forEach(
          (statement, reason) -> log.info("{} refuses {}: {}", key, statement, reason));
    }
  }

  /** How far a probe came. */
  static final class Progress {
    private boolean hasReadVariables;

    boolean hasReadVariables() {
      return hasReadVariables;
    }
  }

  ProbePacket.Extras extras(ServerFacts facts, boolean full) {
    synchronized (reader) {
      return reader.extras(facts, full, clock.instant());
    }
  }

  Optional<String> serverName(ServerFacts facts) {
    return reader.serverName(key, facts);
  }

  Instance read(InstanceKey name, ProbePacket.Answer answer, Instant now, Duration latency) {
    synchronized (reader) {
      Instance instance = reader.read(name, answer, now, latency);
      last = instance;
      return instance;
    }
  }

  void dropProbeLink() {
    Link link = probeLink;
    probeLink = null;
    if (link != null) {
      link.close();
    }
  }

  void dropActionLink() {
    Link link = actionLink;
    actionLink = null;
    if (link != null) {
      link.close();
    }
  }

  /** A spare connection that nobody uses is of no use either after the server went away. */
  void dropIdleActionLink() {
    if (actionLock.tryLock()) {
      try {
        dropActionLink();
      } finally {
        actionLock.unlock();
      }
    }
  }

  /**
   * Keeps a connection ready to act on a server that is part of a topology: a promotion should not
   * have to wait for it.
   */
  void keepSpare(Instance instance) {
    boolean wanted = instance.replication().isPresent() || !instance.reportedReplicas().isEmpty();
    Link link = actionLink;
    Instant now = clock.instant();
    boolean ready = link != null && link.isUsable(Duration.ZERO) && !link.isLearntAnewDue(now);
    if (!wanted || ready || closed || now.isBefore(spareDue)) {
      return;
    }
    if (spareUnderWay.compareAndSet(false, true)) {
      spareDue = now.plus(SPARE_RETRY);
      Thread.ofVirtual().name("spare-" + key).start(this::openSpare);
    }
  }

  private void openSpare() {
    try {
      if (!actionLock.tryLock()) {
        return;
      }
      try {
        Deadline deadline =
            Deadline.after(access.timeouts().connect().plus(access.timeouts().connect()));
        Link link = actionLink(false, deadline);
        if (link.isLearntAnewDue(clock.instant())) {
          link.learnt(learn(link.session(), new Progress(), deadline));
        }
      } catch (SessionException e) {
        // The probes tell what is wrong with the server; this was in advance.
        dropActionLink();
      } finally {
        actionLock.unlock();
      }
    } finally {
      spareUnderWay.set(false);
    }
  }

  /** See {@link ServerFacts#processList}; the one that every server has, until more was learnt. */
  String processList() {
    Link link = probeLink;
    return link == null ? "information_schema.PROCESSLIST" : link.facts().processList();
  }

  /** Runs one query on a connection of its own. */
  List<Table> query(List<String> statements, Deadline deadline) throws SessionException {
    try (Session session = connector.open(key, Purpose.PROBE, deadline)) {
      return session.run(statements, deadline);
    }
  }

  void used() {
    lastUsedNanoTime = System.nanoTime();
  }

  long idleNanos() {
    return System.nanoTime() - lastUsedNanoTime;
  }

  private void closeIfClosed() {
    if (closed) {
      dropProbeLink();
      dropActionLink();
    }
  }

  @Override
  public void close() {
    closed = true;
    dropProbeLink();
    dropActionLink();
    connector.forget(key);
  }
}
