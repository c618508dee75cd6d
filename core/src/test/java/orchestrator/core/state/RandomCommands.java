package orchestrator.core.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import orchestrator.core.facts.Acknowledgement;
import orchestrator.core.facts.Candidate;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.facts.Detection;
import orchestrator.core.facts.Downtime;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.KeptReadOnly;
import orchestrator.core.facts.LossReport;
import orchestrator.core.facts.Maintenance;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.facts.RecoveryBudget;
import orchestrator.core.facts.RecoveryOrigin;
import orchestrator.core.facts.RecoveryPause;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.PromotionRule;

/** Sequences of commands about few servers, so that they meet; some make no sense. */
final class RandomCommands {
  private static final List<String> ANALYSES =
      List.of("DeadMaster", "DeadIntermediateMaster", "LockedSemiSyncMaster");
  private static final RecoveryBudget ONE = new RecoveryBudget(1, Duration.ofMinutes(20));
  private static final int KINDS = 28;

  private final RandomGenerator random;
  private Instant now = Commands.NOON;

  RandomCommands(RandomGenerator random) {
    this.random = random;
  }

  Command next() {
    now = now.plusSeconds(random.nextLong(0, 600));
    return switch (random.nextInt(KINDS)) {
      case 0 -> new Command.Discover(key());
      case 1 -> random.nextBoolean() ? new Command.Forget(key()) : new Command.Rename(key(), key());
      case 2 -> new Command.ForgetCluster(cluster(), List.of(key(), key()));
      case 3 -> new Command.BeginDowntime(new Downtime(key(), name(), reason(), now, later()));
      case 4 -> new Command.EndDowntime(key());
      case 5 -> new Command.EndLostInRecovery(key());
      case 6 -> new Command.BeginMaintenance(new Maintenance(key(), name(), "", now, later()), now);
      case 7 -> new Command.EndMaintenance(key());
      case 8 -> new Command.RegisterCandidate(new Candidate(key(), rule(), now, later()));
      case 9 -> new Command.PutTag(key(), name(), name());
      case 10 -> new Command.DeleteTag(key(), name(), Optional.of(name()));
      case 11 -> new Command.SetClusterAlias(cluster(), name());
      case 12 -> new Command.MoveCluster(cluster(), cluster());
      case 13 -> new Command.SubmitPool(name(), List.of(key()), later());
      case 14 -> new Command.PutKeyValue(name(), name());
      case 15 -> new Command.DeleteKeyValue(name());
      case 16 -> new Command.SwitchGlobalRecoveries(random.nextInt(4) > 0);
      case 17 -> new Command.RegisterHostnameUnresolve(name(), name(), later());
      case 18 -> new Command.DeregisterHostnameUnresolve(name());
      case 19, 20 -> new Command.RegisterDetection(detection());
      case 21 ->
          random.nextInt(4) == 0
              ? new Command.EndDetectionHooks("d" + random.nextInt(50))
              : new Command.EndDetections(key(), now);
      case 22, 23 -> open();
      case 24, 25 -> new Command.Journal(uid(), List.of(entry(), entry()), now);
      case 26 ->
          random.nextBoolean()
              ? new Command.AcknowledgeRecoveries(selector(), new Acknowledgement("x", "y", now))
              : new Command.ReviseLoss(uid(), LossReport.UNKNOWN);
      default -> others();
    };
  }

  private Command others() {
    return switch (random.nextInt(11)) {
      case 10 -> new Command.InjectedPseudoGtid(cluster(), now);
      case 9 ->
          new Command.CompareDemotedMaster(
              key(), uid(), new DemotedMaster.Comparison(OracleGtidSet.EMPTY, now));
      case 5 ->
          new Command.PauseRecoveries(new RecoveryPause(cluster(), "", "x", "", now, later()));
      case 6 -> new Command.ResumeRecoveries(cluster());
      case 7 -> new Command.PullBrake(ONE, key(), now);
      case 8 -> new Command.ReleaseBrake(new Acknowledgement("x", "", now));
      case 0 -> new Command.WatchDemotedMaster(new DemotedMaster(key(), uid(), key(), now));
      case 1 ->
          switch (random.nextInt(3)) {
            case 0 -> new Command.KeepReadOnly(new KeptReadOnly(key(), uid(), now));
            case 1 -> new Command.EndReadOnly(key());
            default -> new Command.ReleaseDemotedMaster(key());
          };
      case 2 -> new Command.AnnounceNode(new ManagerNode(name(), "http://" + name(), "", "1"));
      case 3 -> new Command.ForgetNode(name());
      default -> new Command.Expire(now, now.minusSeconds(3600), now.minusSeconds(7200));
    };
  }

  private Command open() {
    RecoveryOrigin origin = random.nextInt(3) > 0 ? RecoveryOrigin.AUTOMATIC : Commands.BY_PERSON;
    String analysis = ANALYSES.get(random.nextInt(ANALYSES.size()));
    return new Command.OpenRecovery(
        Commands.ticket(uid(), name(), cluster(), analysis, origin, now));
  }

  private Detection detection() {
    return Commands.detection("d" + random.nextInt(50), name(), random.nextBoolean());
  }

  private JournalEntry entry() {
    return switch (random.nextInt(8)) {
      case 0 -> new JournalEntry.Noted("note");
      case 1 -> new JournalEntry.CandidateChosen(key(), "");
      case 2 -> new JournalEntry.PromotionIntended(key());
      case 3 -> new JournalEntry.PromotionAbandoned(key(), "read only");
      case 4 -> new JournalEntry.Promoted(key(), "", Optional.empty());
      case 5 -> new JournalEntry.ReplicaSettled(key(), ReplicaFate.UNSETTLED);
      case 6 -> new JournalEntry.Published(key());
      default -> new JournalEntry.Closed(random.nextBoolean(), List.of());
    };
  }

  private Command.Selector selector() {
    return switch (random.nextInt(5)) {
      case 0 -> new Command.Selector.All();
      case 1 -> new Command.Selector.ById(random.nextInt(40));
      case 2 -> new Command.Selector.ByUid(uid());
      case 3 -> new Command.Selector.ByInstance(key());
      default -> new Command.Selector.ByCluster(cluster(), Optional.of(name()));
    };
  }

  private InstanceKey key() {
    return random.nextInt(30) == 0 ? InstanceKey.NONE : Commands.server(name());
  }

  private String name() {
    return List.of("a", "b", "c", "d").get(random.nextInt(4));
  }

  private String cluster() {
    return random.nextInt(30) == 0 ? "" : name() + ":3306";
  }

  private String uid() {
    return "u" + random.nextInt(30);
  }

  private String reason() {
    return random.nextBoolean() ? Downtime.LOST_IN_RECOVERY : "work";
  }

  private Instant later() {
    return now.plus(Duration.ofMinutes(random.nextLong(-1, 120)));
  }

  private PromotionRule rule() {
    return random.nextBoolean() ? PromotionRule.PREFER : PromotionRule.MUST_NOT;
  }
}
