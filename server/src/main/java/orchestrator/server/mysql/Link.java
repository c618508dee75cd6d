package orchestrator.server.mysql;

import java.time.Duration;
import java.time.Instant;

/** A session together with what was learnt through it, and so is true of that server's start. */
final class Link implements AutoCloseable {
  private final Session session;
  private ProbePacket packet;

  /** The term that the session shows in its named locks; 0 for none. */
  private long shownTerm;

  private boolean holdsFence;

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

  long shownTerm() {
    return shownTerm;
  }

  void showsTerm(long term) {
    shownTerm = term;
  }

  /** Whether the session took the named lock; it holds it until it ends. */
  boolean holdsFence() {
    return holdsFence;
  }

  void fenceTaken() {
    holdsFence = true;
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
