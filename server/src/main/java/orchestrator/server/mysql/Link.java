package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A session together with what was learnt through it, and so is true of that server's start. */
final class Link implements AutoCloseable {
  private final Session session;
  private ProbePacket packet;

  /** The term that the session shows in its named locks; 0 for none. */
  private long shownTerm;

  private boolean holdsLock;

  Link(Session session, ServerFacts facts) {
    this.session = session;
    this.packet = new ProbePacket(facts);
  }

  Session session() {
    return session;
  }

  ProbePacket packet() {
    return packet;
  }

  ServerFacts facts() {
    return packet.facts();
  }

  void learnt(ServerFacts facts) {
    packet = new ProbePacket(facts);
  }

  /**
   * The statements that make the session show a term; none when it does. To be sent first in the
   * next packet: they cannot fail, so the term is shown unless the session is lost.
   */
  List<String> showTerm(long term) {
    if (shownTerm == term || !facts().dialect().hasManyNamedLocks()) {
      return List.of();
    }
    List<String> statements = FenceLock.showTerm(shownTerm, term);
    shownTerm = term;
    return statements;
  }

  /** The later of the terms that were shown: whoever acts in an earlier one has been replaced. */
  long shownTerm() {
    return shownTerm;
  }

  /** Whether the session took the named lock; it keeps it as long as it lives. */
  boolean holdsLock() {
    return holdsLock;
  }

  void lockTaken() {
    holdsLock = true;
  }

  boolean isUsable(Duration lifetime) {
    return session.isOpen() && (lifetime.isZero() || session.ageNanos() < lifetime.toNanos());
  }

  boolean isLearntAnewDue(Instant now) {
    return facts().expires().isBefore(now);
  }

  @Override
  public void close() {
    session.close();
  }
}
