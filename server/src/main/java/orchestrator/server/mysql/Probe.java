package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.ProbeResult;
import orchestrator.server.engine.ProbeResult.Failure;
import orchestrator.server.engine.Servers.ProbeDepth;

/** One read of one server. */
final class Probe {
  /** How long an urgent probe waits for the answer on a connection that was open before. */
  private static final Duration OPEN_CONNECTION = Duration.ofMillis(500);

  /** How long an urgent probe waits for another one to end: healthy ones take milliseconds. */
  private static final Duration OTHER_PROBE = Duration.ofMillis(100);

  private final TopologyServer server;
  private final boolean full;
  private final boolean urgent;
  private final Deadline deadline;
  private final TopologyServer.Progress progress = new TopologyServer.Progress();
  private long startedNanoTime = System.nanoTime();

  Probe(TopologyServer server, ProbeDepth depth, Deadline deadline) {
    this.server = server;
    this.full = depth == ProbeDepth.FULL;
    this.urgent = depth == ProbeDepth.URGENT;
    this.deadline = deadline;
  }

  ProbeResult run() {
    Deadline patience = urgent ? deadline.orSooner(OTHER_PROBE) : deadline;
    if (!TopologyServer.lockedBy(server.probeLock, patience)) {
      if (urgent) {
        return runBeside();
      }
      return new ProbeResult.Failed(
          server.key(),
          Failure.TIMEOUT,
          server.key() + ": an earlier probe is still waiting for an answer",
          false);
    }
    try {
      startedNanoTime = System.nanoTime();
      return runAlone();
    } finally {
      server.probeLock.unlock();
    }
  }

  /**
   * A failure is believed only of a new connection: an old one may have ended for reasons of its
   * own (idle, killed), and what was learnt through it may be out of date.
   */
  private ProbeResult runAlone() {
    boolean wasConnected = server.hasProbeLink();
    SessionException failure;
    try {
      return attempt(wasConnected && urgent ? deadline.orSooner(OPEN_CONNECTION) : deadline);
    } catch (SessionException e) {
      server.dropProbeLink();
      failure = e;
    }
    boolean again = urgent || failure.failure() != Failure.TIMEOUT;
    if (wasConnected && again && !deadline.isOver()) {
      try {
        return attempt(deadline);
      } catch (SessionException e) {
        server.dropProbeLink();
        failure = e;
      }
    }
    if (!failure.isAnswered()) {
      server.dropIdleActionLink();
    }
    return failed(failure);
  }

  /** By a connection of its own, since the usual one is in use and perhaps hangs. */
  private ProbeResult runBeside() {
    startedNanoTime = System.nanoTime();
    try (Link link = server.linkBeside(progress, deadline)) {
      return readBy(link, deadline);
    } catch (SessionException e) {
      return failed(e);
    }
  }

  private ProbeResult.Failed failed(SessionException failure) {
    return new ProbeResult.Failed(
        server.key(),
        failure.failure(),
        server.key() + ": " + failure.reason(),
        progress.hasReadVariables());
  }

  private ProbeResult attempt(Deadline limit) throws SessionException {
    Link link = server.probeLink(progress, limit);
    if (full || link.isLearntAnewDue(server.clock().instant())) {
      link.learnt(server.learn(link.session(), progress, limit));
    }
    return readBy(link, limit);
  }

  private ProbeResult readBy(Link link, Deadline limit) throws SessionException {
    ProbePacket packet = link.packet();
    ProbePacket.Extras extras = server.extras(link.facts(), full);
    List<Table> tables =
        link.session()
            .run(
                packet.text(extras),
                packet.count(extras),
                limit.orSooner(server.access().timeouts().probeRead()));
    return read(link, packet.answer(extras, tables, 0));
  }

  private ProbeResult read(Link link, ProbePacket.Answer answer) throws SessionException {
    InstanceKey key = server.key();
    Optional<ProbeResult> filtered = filtered(answer);
    if (filtered.isPresent()) {
      return filtered.get();
    }
    Optional<String> name = server.serverName(link.facts());
    if (name.isEmpty()) {
      return new ProbeResult.Failed(
          key,
          Failure.BAD_ANSWER,
          key
              + ": the server has no report_host, by which MySQLHostnameResolveMethod wants it known",
          true);
    }
    server.names().learn(key.hostname(), name.get());
    Instant now = server.clock().instant();
    // The operators' queries are asked by one thread at a time.
    if (server.probeLock.isHeldByCurrentThread()) {
      server.classifier().ask(link.session(), link.facts().dialect(), full, now, deadline);
    }
    InstanceKey known =
        name.get().equals(key.hostname()) ? key : new InstanceKey(name.get(), key.port());
    Duration latency = Duration.ofNanos(System.nanoTime() - startedNanoTime);
    Instance instance = server.read(known, answer, now, latency);
    if (known.equals(key)) {
      server.keepSpare(instance);
    }
    return new ProbeResult.Seen(instance);
  }

  private Optional<ProbeResult> filtered(ProbePacket.Answer answer) {
    Predicate<String> ignored = server.access().discovery().ignoredReplicationUser();
    String user = answer.replica().map(ReplicaStatus::user).orElse("");
    if (user.isEmpty() || !ignored.test(user)) {
      return Optional.empty();
    }
    return Optional.of(
        new ProbeResult.Skipped(
            server.key(), server.key() + " replicates as filtered user " + user));
  }
}
