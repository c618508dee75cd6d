package orchestrator.server.engine.manager;

import java.util.Optional;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.state.Command;
import orchestrator.core.topology.InstanceKey;

/** The names under which changes are audited. */
final class AuditTypes {
  private AuditTypes() {}

  static String of(ServerAction action) {
    return switch (action) {
      case ServerAction.StopReplication ignored -> "stop-replica";
      case ServerAction.StopIoThread ignored -> "stop-replica-io-thread";
      case ServerAction.StartIoThread ignored -> "start-replica-io-thread";
      case ServerAction.StartSqlThread ignored -> "start-replica-sql-thread";
      case ServerAction.StartReplication ignored -> "start-replica";
      case ServerAction.RestartReplication ignored -> "restart-replica";
      case ServerAction.ChangeSource ignored -> "repoint";
      case ServerAction.ResetReplication ignored -> "reset-slave";
      case ServerAction.DetachSource ignored -> "detach-replica-master-host";
      case ServerAction.ReattachSource ignored -> "reattach-replica-master-host";
      case ServerAction.SetReadOnly ignored -> "read-only";
      case ServerAction.EndClients ignored -> "end-clients";
      case ServerAction.InjectMarker ignored -> "inject-pseudo-gtid";
      case ServerAction.SetSemiSyncMaster ignored -> "semi-sync-master";
      case ServerAction.SetSemiSyncReplica ignored -> "semi-sync-replica";
    };
  }

  /** What an action was about to do, for people. */
  static String messageOf(ServerAction action) {
    return switch (action) {
      case ServerAction.SetReadOnly set -> "set as " + set.readOnly();
      case ServerAction.ChangeSource change -> "replicate from " + change.source();
      case ServerAction.SetSemiSyncMaster set -> "set as " + set.enabled();
      case ServerAction.SetSemiSyncReplica set -> "set as " + set.enabled();
      case ServerAction.StopReplication ignored -> "stopped";
      case ServerAction.StopIoThread ignored -> "stopped";
      case ServerAction.StartIoThread ignored -> "started";
      case ServerAction.StartSqlThread ignored -> "started";
      case ServerAction.StartReplication ignored -> "started";
      case ServerAction.RestartReplication ignored -> "restarted";
      case ServerAction.EndClients ignored -> "connections of clients ended";
      case ServerAction.InjectMarker ignored -> "marker injected";
      case ServerAction.ResetReplication ignored -> "reset";
      case ServerAction.DetachSource ignored -> "detached";
      case ServerAction.ReattachSource ignored -> "reattached";
    };
  }

  /** Commands that people give; empty for those of the manager itself. */
  static Optional<Entry> of(Command command) {
    return switch (command) {
      case Command.BeginDowntime(var downtime) ->
          Entry.of(
              "begin-downtime",
              downtime.key(),
              "owner: %s, reason: %s, until %s"
                  .formatted(downtime.owner(), downtime.reason(), downtime.end()));
      case Command.EndDowntime(var key) -> Entry.of("end-downtime", key, "");
      case Command.BeginMaintenance(var maintenance, var ignored) ->
          Entry.of(
              "begin-maintenance",
              maintenance.key(),
              "owner: %s, reason: %s".formatted(maintenance.owner(), maintenance.reason()));
      case Command.EndMaintenance(var key) -> Entry.of("end-maintenance", key, "");
      case Command.RegisterCandidate(var candidate) ->
          Entry.of("register-candidate", candidate.key(), candidate.rule().displayName());
      case Command.PutTag(var key, var name, var value) ->
          Entry.of("put-instance-tag", key, name + "=" + value);
      case Command.DeleteTag(var key, var name, var ignored) ->
          Entry.of("delete-instance-tag", key, name);
      case Command.SetClusterAlias(var cluster, var alias) ->
          Entry.of("set-cluster-alias", cluster + " is " + alias);
      case Command.SwitchGlobalRecoveries(var enabled) ->
          Entry.of(
              enabled ? "enable-global-recoveries" : "disable-global-recoveries",
              "automatic recoveries are " + (enabled ? "enabled" : "disabled"));
      case Command.ReleaseBrake(var by) ->
          Entry.of("release-recovery-brake", "by %s: %s".formatted(by.by(), by.comment()));
      case Command.PauseRecoveries(var pause) ->
          Entry.of(
              "pause-recoveries",
              "cluster %s, owner: %s, reason: %s, until %s"
                  .formatted(pause.clusterName(), pause.owner(), pause.reason(), pause.end()));
      case Command.ResumeRecoveries(var cluster) ->
          Entry.of("resume-recoveries", "cluster " + cluster);
      case Command.AcknowledgeRecoveries(var selector, var by) ->
          Entry.of("ack-recovery", "%s by %s: %s".formatted(selector, by.by(), by.comment()));
      case Command.SubmitPool(var pool, var members, var ignored) ->
          Entry.of("submit-pool-instances", pool + ": " + members);
      case Command.PutKeyValue(var key, var value) -> Entry.of("put-key-value", key + "=" + value);
      case Command.DeleteKeyValue(var key) -> Entry.of("delete-key-value", key);
      case Command.RegisterHostnameUnresolve(var host, var unresolved, var ignored) ->
          Entry.of("register-hostname-unresolve", host + " is " + unresolved);
      case Command.DeregisterHostnameUnresolve(var host) ->
          Entry.of("deregister-hostname-unresolve", host);
      case Command.ReleaseDemotedMaster(var key) ->
          Entry.of("release-demoted-master", key, "not set read-only any more");
      case Command.Discover ignored -> Optional.empty();
      case Command.Rename ignored -> Optional.empty();
      case Command.Forget ignored -> Optional.empty();
      case Command.ForgetCluster ignored -> Optional.empty();
      case Command.EndLostInRecovery ignored -> Optional.empty();
      case Command.MoveCluster ignored -> Optional.empty();
      case Command.RegisterDetection ignored -> Optional.empty();
      case Command.EndDetectionHooks ignored -> Optional.empty();
      case Command.EndDetections ignored -> Optional.empty();
      case Command.PullBrake ignored -> Optional.empty();
      case Command.OpenRecovery ignored -> Optional.empty();
      case Command.Journal ignored -> Optional.empty();
      case Command.ReviseLoss ignored -> Optional.empty();
      case Command.WatchDemotedMaster ignored -> Optional.empty();
      case Command.CompareDemotedMaster ignored -> Optional.empty();
      case Command.KeepReadOnly ignored -> Optional.empty();
      case Command.EndReadOnly ignored -> Optional.empty();
      case Command.AnnounceNode ignored -> Optional.empty();
      case Command.InjectedPseudoGtid ignored -> Optional.empty();
      case Command.ForgetNode ignored -> Optional.empty();
      case Command.Expire ignored -> Optional.empty();
    };
  }

  /** How a command is audited. */
  record Entry(String type, Optional<InstanceKey> key, String message) {
    private static Optional<Entry> of(String type, InstanceKey key, String message) {
      return Optional.of(new Entry(type, Optional.of(key), message));
    }

    private static Optional<Entry> of(String type, String message) {
      return Optional.of(new Entry(type, Optional.empty(), message));
    }
  }
}
