package orchestrator.core.recovery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import orchestrator.core.facts.HookPoint;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.facts.ReplicaFate;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.state.Command;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;

/**
 * What the control of one running recovery remembers. To others an immutable value: a {@link Turn}
 * changes a copy that nobody else has seen.
 */
public final class RecoveryState {
  /** Where a recovery stands. */
  public enum Phase {
    /** Processes that may forbid the recovery. */
    PRE_HOOKS,
    /** A living master is set read-only first. */
    FENCING,
    /** A takeover: all servers are read, and judged again. */
    TAKEOVER_LOOKING,
    /** A takeover: the other replicas are moved, the target gets near; the master takes writes. */
    TAKEOVER_MOVING,
    /** A takeover: the master is set read-only. */
    TAKEOVER_HOLDING,
    /** A takeover: the target applies all that the master has. */
    TAKEOVER_CATCHING_UP,
    /** A takeover that failed: the old master takes writes again, the replicas go back. */
    UNDOING,
    /** After a restart: all servers are read. */
    LOOKING,
    /** Replicas stop fetching, and are read. */
    GATHERING,
    /** The candidate applies what it has, and fetches what it lacks. */
    PREPARING,
    /** The intent is being committed. */
    INTENDING,
    /** The intended server is made writable. */
    PROMOTING,
    /** The intended server turned out impossible, and is proven to be read-only. */
    ABANDONING,
    /** The replicas of a dead server that was no master get other sources. */
    RELOCATING,
    /** Servers are changed that stay what they are. */
    REPAIRING,
    /** The others are moved. */
    SETTLING,
    POST_HOOKS,
    /** A takeover: the old master becomes a replica. */
    TAKEOVER_ENDING,
    /** Processes for a recovery that did not succeed. */
    FAILING,
    /** What still runs is waited for, and the record is closed. */
    CLOSING,
    FINISHED
  }

  /** What a commit is for. */
  enum CommitKind {
    NOTES,
    HOOK_MARK,
    HOOKS_ENDED,
    /** A takeover: the old master may be read-only from now on. */
    HOLD,
    /** A takeover: the old master may be writable again from now on. */
    REOPEN,
    INTEND,
    PROMOTED,
    ABANDON,
    CLOSE
  }

  record CommitRequest(CommitKind kind, List<JournalEntry> entries, List<Command> commands) {}

  /** How far the move of a replica is. */
  enum MoveStage {
    QUEUED,
    POSTPONED,
    /** It applies what it has fetched, so that it has as much as the new master. */
    APPLYING,
    /** Its replication is being stopped. */
    HALTING,
    /** Its place in the new master's log is looked for. */
    MATCHING,
    CHANGING,
    CONNECTING,
    DONE
  }

  /**
   * @param attempts how often the change was sent
   * @param since when the present stage began
   */
  record MoveProgress(MoveStage stage, int attempts, Instant since) {
    boolean isUnderWay() {
      return switch (stage) {
        case APPLYING, HALTING, MATCHING, CHANGING, CONNECTING -> true;
        case QUEUED, POSTPONED, DONE -> false;
      };
    }
  }

  final Circumstances circumstances;

  /** As the recovery began; what was decided since comes first, see {@link Method#of}. */
  final Method methodAtFirst;

  final TakeoverState takeover;
  final boolean resumed;
  RecoveryTicket ticket;
  Phase phase = Phase.PRE_HOOKS;
  long nextId = 1;
  final Map<Long, Pending> pending = new LinkedHashMap<>();

  // Commits
  final Deque<CommitRequest> commits = new ArrayDeque<>();
  final List<JournalEntry> bufferedEntries = new ArrayList<>();
  final List<Command> bufferedCommands = new ArrayList<>();
  boolean commitSubmitted;

  // Hooks
  final List<HookPoint> hookPoints = new ArrayList<>();
  int hookIndex;

  /** Processes that an earlier run of the manager may have run. */
  Set<String> startedBefore = Set.of();

  boolean processFailed;

  // Servers as they are now
  int round;
  boolean stragglersGivenUp;

  /** Nobody who answered in time could be promoted. */
  boolean nobodyInTime;

  /** The old master was set read-only, and read so. */
  boolean oldMasterReadOnly;

  /** Where a living master that is read-only has stopped to write. */
  Optional<BinlogCoordinates> lastWritten = Optional.empty();

  /** Where nothing is left in the relay log that can be applied, and up to where it was applied. */
  final Map<InstanceKey, BinlogCoordinates> drained = new TreeMap<>();

  /** When it was asked last whether anything is left in the relay log. */
  final Map<InstanceKey, Instant> tailAsked = new TreeMap<>();

  /** Candidates whose replication was to be stopped, and how often. */
  final Map<InstanceKey, Integer> halts = new TreeMap<>();

  final Map<InstanceKey, Instance> live = new TreeMap<>();
  final Map<InstanceKey, String> silent = new TreeMap<>();

  /** Those further down that answered; they count where they have more than those above them. */
  final Map<InstanceKey, Instance> below = new TreeMap<>();

  // The choice and its preparation
  final Map<InstanceKey, String> excluded = new TreeMap<>();
  final Set<InstanceKey> stuck = new HashSet<>();
  final Set<CandidateChoice.Feed> unfeedable = new HashSet<>();

  /** Of this round: told to stop fetching once more, since they answered late and fetched. */
  final Set<InstanceKey> stoppedAgain = new HashSet<>();

  /** Replicas that were told to fetch from a sibling, whatever became of it. */
  final Set<InstanceKey> fed = new HashSet<>();

  final Set<InstanceKey> startedApplying = new HashSet<>();
  List<Consideration> considerations = List.of();
  Optional<InstanceKey> candidate = Optional.empty();
  Optional<CandidateChoice.Feed> feed = Optional.empty();
  Optional<Instant> waitingSince = Optional.empty();
  Instant lastProgress = Instant.EPOCH;
  List<?> progressMark = List.of();
  final Map<InstanceKey, Integer> failedPolls = new HashMap<>();
  final Set<InstanceKey> polled = new TreeSet<>();

  // The promotion
  Instant promotionUntil = Instant.MAX;
  boolean mayBeWritable;
  boolean retreating;

  /** Switching it on failed in this attempt. */
  boolean withoutSemiSync;

  int refusals;
  Optional<GtidSet> intendedExecuted = Optional.empty();
  Optional<Instance> beforePromotion = Optional.empty();

  // The others
  final Map<InstanceKey, MoveProgress> moves = new TreeMap<>();
  final Map<InstanceKey, ReplicaFate> settled = new TreeMap<>();
  final Set<InstanceKey> published = new HashSet<>();

  boolean movesGivenTime;

  // Other sources, where no server is promoted
  final Map<CandidateChoice.Feed, String> refusedSources = new HashMap<>();
  final Map<InstanceKey, String> moveFailures = new HashMap<>();

  /** Since when the fate of a silent source is waited for, and whether it is not any longer. */
  Optional<Instant> undecidedSince = Optional.empty();

  boolean sourceGivenUp;

  /** The server that has replaced the source of all since this run began. */
  Optional<InstanceKey> sourceReplacedBy = Optional.empty();

  /** Replicas that were moved and did not connect at once, and their new sources. */
  final Map<InstanceKey, InstanceKey> connecting = new TreeMap<>();

  // Repairs
  final List<InstanceKey> toSwitchOff = new ArrayList<>();
  final List<String> repairErrors = new ArrayList<>();

  /** Replicas that were switched on and do not acknowledge yet, and since when. */
  final Map<InstanceKey, Instant> inVain = new TreeMap<>();

  // The end
  final List<String> errors = new ArrayList<>();
  boolean releaseBlock;

  RecoveryState(RecoveryTicket ticket, Circumstances circumstances, boolean resumed) {
    this.ticket = ticket;
    this.circumstances = circumstances;
    this.methodAtFirst =
        ticket.origin().isTakeover() ? Method.ofTakeover(circumstances) : Method.of(circumstances);
    this.resumed = resumed;
    this.takeover = new TakeoverState();
  }

  private RecoveryState(RecoveryState other) {
    this.ticket = other.ticket;
    this.circumstances = other.circumstances;
    this.methodAtFirst = other.methodAtFirst;
    this.resumed = other.resumed;
    this.takeover = other.takeover.copy();
  }

  RecoveryState copy() {
    RecoveryState copy = new RecoveryState(this);
    copy.phase = phase;
    copy.nextId = nextId;
    copy.pending.putAll(pending);
    copy.commits.addAll(commits);
    copy.bufferedEntries.addAll(bufferedEntries);
    copy.bufferedCommands.addAll(bufferedCommands);
    copy.commitSubmitted = commitSubmitted;
    copy.hookPoints.addAll(hookPoints);
    copy.hookIndex = hookIndex;
    copy.startedBefore = startedBefore;
    copy.processFailed = processFailed;
    copy.round = round;
    copy.stragglersGivenUp = stragglersGivenUp;
    copy.nobodyInTime = nobodyInTime;
    copy.oldMasterReadOnly = oldMasterReadOnly;
    copy.lastWritten = lastWritten;
    copy.drained.putAll(drained);
    copy.tailAsked.putAll(tailAsked);
    copy.halts.putAll(halts);
    copy.live.putAll(live);
    copy.silent.putAll(silent);
    copy.below.putAll(below);
    copyPreparation(copy);
    copy.promotionUntil = promotionUntil;
    copy.mayBeWritable = mayBeWritable;
    copy.retreating = retreating;
    copy.withoutSemiSync = withoutSemiSync;
    copy.refusals = refusals;
    copy.intendedExecuted = intendedExecuted;
    copy.beforePromotion = beforePromotion;
    copy.moves.putAll(moves);
    copy.settled.putAll(settled);
    copy.published.addAll(published);
    copy.movesGivenTime = movesGivenTime;
    copy.refusedSources.putAll(refusedSources);
    copy.moveFailures.putAll(moveFailures);
    copy.undecidedSince = undecidedSince;
    copy.sourceGivenUp = sourceGivenUp;
    copy.sourceReplacedBy = sourceReplacedBy;
    copy.connecting.putAll(connecting);
    copy.toSwitchOff.addAll(toSwitchOff);
    copy.repairErrors.addAll(repairErrors);
    copy.inVain.putAll(inVain);
    copy.errors.addAll(errors);
    copy.releaseBlock = releaseBlock;
    return copy;
  }

  private void copyPreparation(RecoveryState copy) {
    copy.excluded.putAll(excluded);
    copy.stuck.addAll(stuck);
    copy.unfeedable.addAll(unfeedable);
    copy.stoppedAgain.addAll(stoppedAgain);
    copy.fed.addAll(fed);
    copy.startedApplying.addAll(startedApplying);
    copy.considerations = considerations;
    copy.candidate = candidate;
    copy.feed = feed;
    copy.waitingSince = waitingSince;
    copy.lastProgress = lastProgress;
    copy.progressMark = progressMark;
    copy.failedPolls.putAll(failedPolls);
    copy.polled.addAll(polled);
  }

  /** The record as committed so far. */
  public RecoveryTicket ticket() {
    return ticket;
  }

  public Phase phase() {
    return phase;
  }

  /** Whether the event is the answer to something that was asked for. */
  boolean isAwaiting(Event event) {
    return !isFinished() && pending.containsKey(event.effectId());
  }

  public boolean isFinished() {
    return phase == Phase.FINISHED;
  }

  /** Candidates as last considered, best first, then the rejected ones. */
  public List<Consideration> considerations() {
    return considerations;
  }

  /** The replicas that answered, as last read. */
  public Map<InstanceKey, Instance> liveServers() {
    return Map.copyOf(live);
  }

  /**
   * Whether it only waits for what becomes of another server, for minutes perhaps, and may be asked
   * to {@linkplain RecoveryControl#giveWay give way}.
   */
  public boolean isWaitingForItsSource() {
    return SilentSource.isAwaited(this);
  }

  Set<InstanceKey> replicas() {
    return new TreeSet<>(ticket.fates().keySet());
  }

  boolean isIn(Phase first, Phase... others) {
    return EnumSet.of(first, others).contains(phase);
  }
}
