package orchestrator.server.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The nodes that agree with each other, as an operator sees and changes them. Every call is bounded
 * in time; changes of the members are made by the leader alone, and refused elsewhere.
 */
public interface Group {

  /** What this node knows of the group now: one value, so that no two answers disagree. */
  GroupStatus status();

  /**
   * Whether this node leads and may act, as {@link GroupStatus#ready} says; but a leader that was
   * just elected, or whose quorum is late to answer, is waited for, at most for the longest
   * election timeout.
   */
  boolean awaitReady();

  /** Told of every change of this node's role, in order, on a thread of the group: be quick. */
  void onRoleChange(Consumer<RoleChange> listener);

  /**
   * Adds a voter, and waits until it has caught up. It runs already, with {@code RaftJoin}.
   *
   * @param address {@code host:port}, or {@code name=host:port}
   * @return the peer as it is known from now on
   */
  Outcome<GroupStatus.Peer> addPeer(String address, Duration limit);

  /**
   * Removes a voter, also one that is dead. CONFLICT when the others would have no quorum.
   *
   * @param peer its name or address
   */
  Outcome<GroupStatus.Peer> removePeer(String peer, Duration limit);

  /**
   * Hands leadership over to a node. NOT_FOUND for one that is no voter; CONFLICT when it cannot
   * take over, and then this node leads as before.
   *
   * @param peer its name or address
   */
  Outcome<GroupStatus.Peer> yieldTo(String peer, Duration limit);

  /**
   * Hands leadership over to the voter that is up to date and whose name or address contains the
   * hint. NOT_FOUND when there is none.
   */
  Outcome<GroupStatus.Peer> yieldToHint(String hint, Duration limit);

  /** Hands leadership over to whichever voter is most up to date. Does nothing on a follower. */
  Outcome<GroupStatus.Peer> stepDown(Duration limit);

  /**
   * Writes a snapshot on this node, and purges the log before it.
   *
   * @return the index that the snapshot stands for
   */
  Outcome<Long> snapshot(Duration limit);

  /** An id for a command that the leader is asked for; good as long as that leader leads. */
  String newCommandId();

  /**
   * What came of a command whose outcome was unknown. The leader settles it: what it has not
   * written when it is asked, it never will.
   *
   * @param commandId from {@link Consensus.Submission.Unknown}, or {@link #newCommandId}
   */
  CommandFate fateOf(String commandId);

  /** A fingerprint of the replicated state: equal on all nodes at the same index. */
  StateDigest digest();

  /**
   * @param index of the entry up to which the state is applied
   * @param sha256 of the stored form of the state, hexadecimal
   */
  record StateDigest(long index, String sha256) {}

  /** What came of a command, so far as it can be known here and now. */
  enum CommandFate {
    /** Applied, once. */
    DONE,
    /** Decided, and refused by the state: it changed nothing, nor ever will. */
    REFUSED,
    /** Not applied, and never will be. */
    NOT_DONE,
    /** Ask again later, or another node. */
    UNKNOWN
  }

  /**
   * @param from the role before
   * @param to the role now
   * @param leader the leader now, empty when there is none or it is not known
   * @param reason for people
   */
  record RoleChange(
      GroupStatus.Role from,
      GroupStatus.Role to,
      long term,
      Optional<String> leader,
      String reason) {}
}
