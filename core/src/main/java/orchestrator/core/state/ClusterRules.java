package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.done;
import static orchestrator.core.state.StateDraft.keeping;
import static orchestrator.core.state.StateDraft.with;
import static orchestrator.core.state.StateDraft.without;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orchestrator.core.state.CommandResult.Refused;
import orchestrator.core.topology.InstanceKey;
import org.pcollections.PMap;

/** What is said of clusters, pools, names, the managers, and the key-value store. */
final class ClusterRules {
  private ClusterRules() {}

  static CommandResult forgetCluster(StateDraft draft, Command.ForgetCluster command) {
    Set<InstanceKey> members = Set.copyOf(command.members());
    long count = members.stream().filter(draft.known::contains).count();
    ServerRules.forget(draft, members);
    draft.clusterAliases = without(draft.clusterAliases, command.clusterName());
    draft.pauses = BrakeRules.withoutCluster(draft, command.clusterName());
    draft.pseudoGtid = without(draft.pseudoGtid, command.clusterName());
    return new CommandResult.Done(count);
  }

  static CommandResult setAlias(StateDraft draft, Command.SetClusterAlias command) {
    if (command.clusterName().isBlank()) {
      return new Refused("An alias needs the name of a cluster");
    }
    String name = command.clusterName();
    Map<String, String> before = draft.clusterAliases;
    Map<String, String> others =
        keeping(before, (cluster, alias) -> cluster.equals(name) || !alias.equals(command.alias()));
    draft.clusterAliases =
        command.alias().isEmpty() ? without(before, name) : with(others, name, command.alias());
    return done(!draft.clusterAliases.equals(before));
  }

  static CommandResult move(StateDraft draft, Command.MoveCluster command) {
    String from = command.fromName();
    String to = command.toName();
    if (from.isBlank() || to.isBlank()) {
      return new Refused("Moving a cluster needs its former and its new name");
    }
    if (from.equals(to)) {
      return done(false);
    }
    Optional<String> alias = Optional.ofNullable(draft.clusterAliases.get(from));
    if (alias.isPresent()) {
      draft.clusterAliases = with(without(draft.clusterAliases, from), to, alias.get());
    }
    BrakeRules.move(draft, from, to);
    Instant marked = draft.pseudoGtid.get(from);
    if (marked != null) {
      draft.pseudoGtid = with(without(draft.pseudoGtid, from), to, marked);
    }
    Map<String, String> lineage = lineageAfter(draft.clusterLineage, from, to);
    boolean isNew = !lineage.equals(draft.clusterLineage);
    if (isNew) {
      draft.clusterLineage = lineage;
    }
    return done(isNew || alias.isPresent());
  }

  /** Flat, so that there is never a cycle: every former name leads straight to the present one. */
  private static Map<String, String> lineageAfter(
      Map<String, String> lineage, String from, String to) {
    PMap<String, String> next = Sharing.map(lineage);
    for (Map.Entry<String, String> entry : lineage.entrySet()) {
      if (entry.getValue().equals(from)) {
        next = next.plus(entry.getKey(), to);
      }
    }
    return next.plus(from, to).minus(to);
  }

  /** An earlier moment than is known changes nothing. */
  static CommandResult injectedPseudoGtid(StateDraft draft, Command.InjectedPseudoGtid command) {
    if (command.clusterName().isBlank()) {
      return new Refused("Markers are injected into a cluster that has a name");
    }
    String name = draft.base().currentClusterName(command.clusterName());
    Instant before = draft.pseudoGtid.getOrDefault(name, Instant.MIN);
    if (!command.at().isAfter(before)) {
      return done(false);
    }
    draft.pseudoGtid = with(draft.pseudoGtid, name, command.at());
    return done(true);
  }

  static CommandResult submitPool(StateDraft draft, Command.SubmitPool command) {
    if (command.pool().isBlank()) {
      return new Refused("A pool needs a name");
    }
    for (InstanceKey member : command.members()) {
      if (!member.isValid()) {
        return ServerRules.notAServer(member);
      }
    }
    boolean was = draft.pools.containsKey(command.pool());
    if (command.members().isEmpty()) {
      draft.pools = without(draft.pools, command.pool());
      return done(was);
    }
    var pool = new ReplicatedState.Pool(command.members(), command.expires());
    boolean isNew = !pool.equals(draft.pools.get(command.pool()));
    draft.pools = with(draft.pools, command.pool(), pool);
    return done(isNew);
  }

  static CommandResult registerUnresolve(
      StateDraft draft, Command.RegisterHostnameUnresolve command) {
    if (command.hostname().isBlank() || command.unresolved().isBlank()) {
      return new Refused("A name for replicas needs the host and the name, both not empty");
    }
    var unresolve = new ReplicatedState.Unresolve(command.unresolved(), command.expires());
    boolean isNew = !unresolve.equals(draft.unresolves.get(command.hostname()));
    draft.unresolves = with(draft.unresolves, command.hostname(), unresolve);
    return done(isNew);
  }

  static CommandResult deregisterUnresolve(
      StateDraft draft, Command.DeregisterHostnameUnresolve command) {
    boolean was = draft.unresolves.containsKey(command.hostname());
    draft.unresolves = without(draft.unresolves, command.hostname());
    return done(was);
  }

  static CommandResult announceNode(StateDraft draft, Command.AnnounceNode command) {
    String name = command.node().name();
    if (name.isBlank()) {
      return new Refused("A node needs a name");
    }
    boolean isNew = !command.node().equals(draft.nodes.get(name));
    draft.nodes = with(draft.nodes, name, command.node());
    return done(isNew);
  }

  static CommandResult forgetNode(StateDraft draft, Command.ForgetNode command) {
    boolean was = draft.nodes.containsKey(command.name());
    draft.nodes = without(draft.nodes, command.name());
    return done(was);
  }

  static CommandResult putKeyValue(StateDraft draft, Command.PutKeyValue command) {
    if (command.key().isBlank()) {
      return new Refused("A value needs a key");
    }
    boolean isNew =
        Optional.ofNullable(draft.keyValues.get(command.key()))
            .filter(present -> present.value().equals(command.value()))
            .isEmpty();
    var value = new ReplicatedState.KeyValue(command.value(), draft.position());
    draft.keyValues = with(draft.keyValues, command.key(), value);
    return done(isNew);
  }

  static CommandResult deleteKeyValue(StateDraft draft, Command.DeleteKeyValue command) {
    boolean was = draft.keyValues.containsKey(command.key());
    draft.keyValues = without(draft.keyValues, command.key());
    return done(was);
  }
}
