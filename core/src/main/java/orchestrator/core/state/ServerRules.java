package orchestrator.core.state;

import static orchestrator.core.state.StateDraft.done;
import static orchestrator.core.state.StateDraft.keeping;
import static orchestrator.core.state.StateDraft.with;
import static orchestrator.core.state.StateDraft.without;
import static orchestrator.core.state.StateDraft.withoutAll;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.state.CommandResult.Refused;
import orchestrator.core.topology.InstanceKey;

/** What is said of single servers. */
final class ServerRules {
  private ServerRules() {}

  static CommandResult discover(StateDraft draft, Command.Discover command) {
    if (!command.key().isValid()) {
      return notAServer(command.key());
    }
    boolean isNew = !draft.known.contains(command.key());
    draft.known = with(draft.known, command.key());
    return done(isNew);
  }

  static CommandResult rename(StateDraft draft, Command.Rename command) {
    InstanceKey met = command.met();
    InstanceKey own = command.own();
    if (!own.isValid()) {
      return notAServer(own);
    }
    if (met.equals(own)) {
      return new Refused("'%s' has no other name".formatted(own));
    }
    if (!draft.known.contains(met) && !draft.known.contains(own)) {
      return done(false); // it was forgotten meanwhile
    }
    boolean isNew = !own.equals(draft.names.get(met)) || draft.known.contains(met);
    draft.known = with(withoutAll(draft.known, Set.of(met)), own);
    draft.names = with(without(draft.names, own), met, own);
    draft.names.forEach((name, target) -> {
      if (target.equals(met)) {
        draft.names = with(draft.names, name, own);
      }
    });
    draft.downtimes = moved(draft.downtimes, met, own, downtime -> downtime.withKey(own));
    draft.maintenances =
        moved(draft.maintenances, met, own, maintenance -> maintenance.withKey(own));
    draft.candidates = moved(draft.candidates, met, own, candidate -> candidate.withKey(own));
    draft.tags = moved(draft.tags, met, own, UnaryOperator.identity());
    renameInWatches(draft, met, own);
    draft.pools.forEach(
        (name, pool) -> draft.pools = with(draft.pools, name, renamed(pool, met, own)));
    return done(isNew);
  }

  /** A former master that comes back under another name is to take no writes under that one. */
  private static void renameInWatches(StateDraft draft, InstanceKey met, InstanceKey own) {
    draft.demoted = moved(draft.demoted, met, own, watched -> watched.withKey(own));
    draft.demoted.forEach((key, watched) -> {
      if (watched.successor().equals(met)) {
        draft.demoted = with(draft.demoted, key, watched.succeededBy(own));
      }
    });
    draft.keptReadOnly = moved(draft.keptReadOnly, met, own, kept -> kept.withKey(own));
  }

  private static ReplicatedState.Pool renamed(
      ReplicatedState.Pool pool, InstanceKey met, InstanceKey own) {
    return new ReplicatedState.Pool(
        pool.members().stream().map(key -> key.equals(met) ? own : key).distinct().toList(),
        pool.expires());
  }

  /** What was said of the server by its own name stays. */
  private static <T> Map<InstanceKey, T> moved(
      Map<InstanceKey, T> facts, InstanceKey from, InstanceKey to, UnaryOperator<T> renamed) {
    T fact = facts.get(from);
    if (fact == null) {
      return facts;
    }
    Map<InstanceKey, T> rest = without(facts, from);
    return rest.containsKey(to) ? rest : with(rest, to, renamed.apply(fact));
  }

  static CommandResult forget(StateDraft draft, Command.Forget command) {
    boolean wasKnown = draft.known.contains(command.key());
    forget(draft, Set.of(command.key()));
    return done(wasKnown);
  }

  static void forget(StateDraft draft, Set<InstanceKey> keys) {
    draft.known = withoutAll(draft.known, keys);
    draft.names = keeping(draft.names, (name, own) -> !keys.contains(name) && !keys.contains(own));
    draft.downtimes = keeping(draft.downtimes, (key, value) -> !keys.contains(key));
    draft.maintenances = keeping(draft.maintenances, (key, value) -> !keys.contains(key));
    draft.candidates = keeping(draft.candidates, (key, value) -> !keys.contains(key));
    draft.tags = keeping(draft.tags, (key, value) -> !keys.contains(key));
    draft.demoted = keeping(draft.demoted, (key, value) -> !keys.contains(key));
    draft.keptReadOnly = keeping(draft.keptReadOnly, (key, value) -> !keys.contains(key));
    draft.pools.forEach((name, pool) -> draft.pools = fewer(draft.pools, name, pool, keys));
  }

  private static Map<String, ReplicatedState.Pool> fewer(
      Map<String, ReplicatedState.Pool> pools,
      String name,
      ReplicatedState.Pool pool,
      Set<InstanceKey> gone) {
    List<InstanceKey> members = pool.members().stream().filter(key -> !gone.contains(key)).toList();
    return members.isEmpty()
        ? without(pools, name)
        : with(pools, name, new ReplicatedState.Pool(members, pool.expires()));
  }

  static CommandResult beginDowntime(StateDraft draft, Command.BeginDowntime command) {
    Downtime downtime = command.downtime();
    if (!downtime.key().isValid()) {
      return notAServer(downtime.key());
    }
    if (!downtime.begin().isBefore(downtime.end())) {
      return new Refused(
          "Downtime of %s must end after it begins at %s, got %s"
              .formatted(downtime.key(), downtime.begin(), downtime.end()));
    }
    boolean isNew = !downtime.equals(draft.downtimes.get(downtime.key()));
    draft.downtimes = with(draft.downtimes, downtime.key(), downtime);
    return done(isNew);
  }

  static CommandResult endDowntime(StateDraft draft, Command.EndDowntime command) {
    boolean was = draft.downtimes.containsKey(command.key());
    draft.downtimes = without(draft.downtimes, command.key());
    return done(was);
  }

  static CommandResult endLostInRecovery(StateDraft draft, Command.EndLostInRecovery command) {
    boolean was =
        Optional.ofNullable(draft.downtimes.get(command.key()))
            .filter(Downtime::isLostInRecovery)
            .isPresent();
    if (was) {
      draft.downtimes = without(draft.downtimes, command.key());
    }
    return done(was);
  }

  static CommandResult beginMaintenance(StateDraft draft, Command.BeginMaintenance command) {
    Maintenance wanted = command.maintenance();
    if (!wanted.key().isValid()) {
      return notAServer(wanted.key());
    }
    if (!command.now().isBefore(wanted.end())) {
      return new Refused(
          "Maintenance of %s must end after now, %s, got %s"
              .formatted(wanted.key(), command.now(), wanted.end()));
    }
    Optional<Maintenance> others =
        Optional.ofNullable(draft.maintenances.get(wanted.key()))
            .filter(present -> present.isActive(command.now()))
            .filter(present -> !present.owner().equals(wanted.owner()));
    if (others.isPresent()) {
      return new Refused(
          "%s is in maintenance by %s until %s: %s. End that one first"
              .formatted(
                  wanted.key(), others.get().owner(), others.get().end(), others.get().reason()));
    }
    boolean isNew = !wanted.equals(draft.maintenances.get(wanted.key()));
    draft.maintenances = with(draft.maintenances, wanted.key(), wanted);
    return done(isNew);
  }

  static CommandResult endMaintenance(StateDraft draft, Command.EndMaintenance command) {
    boolean was = draft.maintenances.containsKey(command.key());
    draft.maintenances = without(draft.maintenances, command.key());
    return done(was);
  }

  static CommandResult registerCandidate(StateDraft draft, Command.RegisterCandidate command) {
    InstanceKey key = command.candidate().key();
    if (!key.isValid()) {
      return notAServer(key);
    }
    boolean isNew = !command.candidate().equals(draft.candidates.get(key));
    draft.candidates = with(draft.candidates, key, command.candidate());
    return done(isNew);
  }

  static CommandResult putTag(StateDraft draft, Command.PutTag command) {
    if (!command.key().isValid()) {
      return notAServer(command.key());
    }
    if (command.name().isBlank()) {
      return new Refused("A tag of %s needs a name".formatted(command.key()));
    }
    Map<String, String> present = draft.tags.getOrDefault(command.key(), Map.of());
    boolean isNew = !command.value().equals(present.get(command.name()));
    Map<String, String> values = with(present, command.name(), command.value());
    draft.tags = with(draft.tags, command.key(), values);
    return done(isNew);
  }

  static CommandResult deleteTag(StateDraft draft, Command.DeleteTag command) {
    Map<String, String> present = draft.tags.getOrDefault(command.key(), Map.of());
    Optional<String> value = Optional.ofNullable(present.get(command.name()));
    if (value.isEmpty() || !command.value().orElse(value.get()).equals(value.get())) {
      return done(false);
    }
    Map<String, String> rest = without(present, command.name());
    draft.tags =
        rest.isEmpty() ? without(draft.tags, command.key()) : with(draft.tags, command.key(), rest);
    return done(true);
  }

  static Refused notAServer(InstanceKey key) {
    return new Refused("'%s' is not the address of a server: use host:port".formatted(key));
  }
}
