package orchestrator.server.engine;

import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.recovery.Explanation;
import orchestrator.core.recovery.RecoveryPlan;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.state.CommandResult;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * Everything that people may ask for, whichever way they ask: the HTTP API and the command line are
 * front ends of this. Keys and cluster names are exact here; guessing what was meant is the front
 * ends' business, and they guess for reads only.
 *
 * <p>Every call is bounded in time. Who may ask is checked by the front end; whether this node may
 * act is checked here, and answered with {@link Outcome.Failure#UNAVAILABLE}.
 */
public interface Operations {

  /** The current picture. Never waits. */
  World world();

  /** What happened before: read from this node's backend. */
  History history();

  /** Whether this node and its backend work; asks the backend, at most once a second. */
  Health health();

  /**
   * Makes a server known, and reads it now; its topology is then walked in the background.
   *
   * @return the server as read; empty when filters say that it is not to be known; UNAVAILABLE when
   *     it does not answer
   */
  Outcome<Optional<Instance>> discover(InstanceKey key, Requester by);

  /** Makes a server known and returns; it is read in the background. */
  Outcome<InstanceKey> discoverLater(InstanceKey key, Requester by);

  /** Reads a server again now, everything of it. NOT_FOUND when it is not known. */
  Outcome<Instance> refresh(InstanceKey key, Requester by);

  /** Makes a server unknown, and ignores it for a while. NOT_FOUND when it is not known. */
  Outcome<InstanceKey> forget(InstanceKey key, Requester by);

  /** Makes the members of a cluster unknown. NOT_FOUND when there is no such cluster. */
  Outcome<List<InstanceKey>> forgetCluster(String clusterName, Requester by);

  /**
   * Changes what is said of servers and clusters: downtime, maintenance, promotion rules, tags,
   * aliases, acknowledgements, the recoveries switch. A refusal is CONFLICT; audited by the type of
   * the command.
   */
  Outcome<CommandResult.Done> submit(Command command, Requester by);

  /**
   * Changes a server on behalf of a person.
   *
   * @return the server as read after the change; CONFLICT when the server refused
   */
  Outcome<Instance> perform(ServerAction action, Requester by);

  /**
   * Runs a recovery of a server that the analysis considers failed, and waits for its end. A person
   * overrides downtime, filters, the blocking period and the global switch.
   *
   * @param candidate the server to promote, if the person named one: exactly it or none
   * @return the closed recovery, successful or not; CONFLICT when there is nothing to recover from
   */
  Outcome<RecoveryTicket> recover(
      InstanceKey failed, Optional<InstanceKey> candidate, boolean skipHooks, Requester by);

  /**
   * Treats the master of a cluster as dead, and waits until it is replaced.
   *
   * @param designated the direct replica to promote; empty to let the recovery choose
   * @return the closed recovery, successful or not
   */
  Outcome<RecoveryTicket> forceMasterFailover(
      String clusterName, Optional<InstanceKey> designated, Requester by);

  /**
   * Replaces the living master of a cluster in an orderly way, and waits for the end: whether it
   * succeeds or is undone.
   *
   * @param designated the direct replica that takes over; empty for the only one, or with {@code
   *     auto} for the best one
   * @param auto whether the old master replicates at the end
   * @return the closed recovery, successful or not; CONFLICT when nothing was begun
   */
  Outcome<RecoveryTicket> takeOver(
      String clusterName, Optional<InstanceKey> designated, boolean auto, Requester by);

  /** What a request of a person would do: a dry run. Fails where the request would not begin. */
  Outcome<RecoveryPlan> plan(RecoveryRequest request);

  /**
   * What a recovery of this server would do if its master were found dead now: a dry run. CONFLICT
   * when it has no replicas.
   */
  Outcome<RecoveryPlan> recoveryPlan(InstanceKey failed);

  /**
   * Makes an old master, which came back, a replica of the server that replaced it. NOT_FOUND for a
   * server that was not replaced; CONFLICT when it has transactions that its successor lacks, or
   * something else stands in the way.
   *
   * @return the server as read after the change
   */
  Outcome<Instance> reattachDemotedMaster(InstanceKey key, Requester by);

  /**
   * Why the failure of this server is, was, or is not recovered from. NOT_FOUND for a server of
   * which nothing is known.
   */
  Outcome<Explanation> explain(InstanceKey server);

  /** The statements that an action would send to its server in its present state. */
  List<String> statementsOf(ServerAction action);
}
