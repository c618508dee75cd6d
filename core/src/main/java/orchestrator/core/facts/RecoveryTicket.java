package orchestrator.core.facts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.topology.InstanceKey;

/**
 * The durable record of one recovery: all that is needed to go on with it elsewhere.
 *
 * @param id unique and growing; given by the command that opened it
 * @param uid {@code <unix nanoseconds>:<64 hex digits>}; also given to hooks
 * @param analysis the diagnosis code that it answers, e.g. {@code DeadMaster}
 * @param clusterName name of the cluster when the failure was seen
 * @param blockedUntil until then no automatic recovery of this cluster or of the promoted server,
 *     unless acknowledged
 * @param detectionId the detection it answers, 0 for none
 * @param failedTookWrites whether the failed server was writable when it was last read before
 * @param processingNode the name of the manager that runs it, or ran it last
 * @param intended the server that may have been made writable
 * @param base where the intended server stood; only where no GTIDs tell it
 * @param executed what the intended server had applied; only where GTIDs tell it
 * @param promoted the server that was verified to be writable; where no server is made writable,
 *     the one that now does what the failed one did
 * @param fates what became of each direct replica of the failed server
 * @param hooksStarted {@code <point>/<index>} of processes that may have run
 * @param hooksEnded the same of those that are known to have ended, well or not; those that may
 *     forbid what follows only if they ended well
 */
public record RecoveryTicket(
    long id,
    String uid,
    InstanceKey failed,
    String analysis,
    String description,
    String clusterName,
    String clusterAlias,
    String clusterDomain,
    RecoveryOrigin origin,
    Instant started,
    Instant blockedUntil,
    long detectionId,
    boolean failedTookWrites,
    String processingNode,
    Optional<InstanceKey> chosen,
    Optional<InstanceKey> intended,
    Optional<PromotionBase> base,
    Optional<GtidSet> executed,
    Optional<InstanceKey> promoted,
    String promotedAlias,
    Optional<BinlogCoordinates> promotedCoordinates,
    Map<InstanceKey, ReplicaFate> fates,
    List<String> hooksStarted,
    List<String> hooksEnded,
    LossReport loss,
    boolean published,
    Optional<Instant> ended,
    boolean successful,
    List<String> errors,
    Optional<Acknowledgement> acknowledgement) {

  public RecoveryTicket {
    fates = Map.copyOf(fates);
    hooksStarted = List.copyOf(hooksStarted);
    hooksEnded = List.copyOf(hooksEnded);
    errors = List.copyOf(errors);
  }

  /**
   * A ticket of which nothing but its beginning is known.
   *
   * @param replicas the direct replicas of the failed server: each will have a fate
   */
  public static RecoveryTicket begun(
      String uid,
      InstanceKey failed,
      String analysis,
      String description,
      String clusterName,
      String clusterAlias,
      String clusterDomain,
      RecoveryOrigin origin,
      Instant started,
      Instant blockedUntil,
      long detectionId,
      String processingNode,
      Collection<InstanceKey> replicas) {
    Map<InstanceKey, ReplicaFate> fates = new TreeMap<>();
    replicas.forEach(replica -> fates.put(replica, ReplicaFate.UNSETTLED));
    return new RecoveryTicket(
        0,
        uid,
        failed,
        analysis,
        description,
        clusterName,
        clusterAlias,
        clusterDomain,
        origin,
        started,
        blockedUntil,
        detectionId,
        false,
        processingNode,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty(),
        fates,
        List.of(),
        List.of(),
        LossReport.UNKNOWN,
        false,
        Optional.empty(),
        false,
        List.of(),
        Optional.empty());
  }

  /** What it does. One whose analysis is not known to this version is taken for a failover. */
  public RecoveryKind kind() {
    return RecoveryKind.ofAnalysis(analysis).orElse(RecoveryKind.DEAD_MASTER);
  }

  /** Whether somebody still has to go on with it. */
  public boolean isOpen() {
    return ended.isEmpty();
  }

  /** Whether it stands in the way of an automatic recovery. */
  public boolean isBlocking(Instant now) {
    return acknowledgement.isEmpty() && now.isBefore(blockedUntil);
  }

  public boolean hookMayHaveRun(HookPoint point, int index) {
    return hooksStarted.contains(hookName(point, index));
  }

  /** Whether the process ran to its end, well or not. */
  public boolean hookHasEnded(HookPoint point, int index) {
    return hooksEnded.contains(hookName(point, index));
  }

  /** Servers whose fate is one of these kinds, by key. */
  public List<InstanceKey> replicasWith(ReplicaFate.Kind... kinds) {
    List<ReplicaFate.Kind> wanted = List.of(kinds);
    return fates.entrySet().stream()
        .filter(entry -> wanted.contains(entry.getValue().kind()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** The ticket after one more entry of its journal. */
  public RecoveryTicket with(JournalEntry entry, Instant at) {
    Draft draft = new Draft(this);
    switch (entry) {
      case JournalEntry.Noted ignored -> {}
      case JournalEntry.Resumed resumed -> draft.processingNode = resumed.node();
      case JournalEntry.HookFinished hook -> {
        // One that has forbidden what follows is asked again by whoever goes on.
        if (hook.successful() || !hook.point().mayForbid()) {
          draft.hooksEnded = plus(hooksEnded, hookName(hook.point(), hook.index()));
        }
      }
      case JournalEntry.HookStarted hook ->
          draft.hooksStarted = plus(hooksStarted, hookName(hook.point(), hook.index()));
      case JournalEntry.CandidateChosen choice -> draft.chosen = Optional.of(choice.candidate());
      case JournalEntry.PromotionIntended intent ->
          draft.intended = Optional.of(intent.candidate());
      case JournalEntry.BaseTaken taken -> draft.taken = Optional.of(taken.base());
      case JournalEntry.ExecutedTaken taken -> draft.executed = Optional.of(taken.executed());
      case JournalEntry.PromotionAbandoned ignored -> {
        draft.taken = Optional.empty();
        draft.executed = Optional.empty();
        draft.intended = Optional.empty();
        draft.chosen = Optional.empty();
      }
      case JournalEntry.Promoted promotion -> {
        draft.promoted = Optional.of(promotion.candidate());
        draft.promotedAlias = promotion.alias();
        draft.promotedCoordinates = promotion.coordinates();
      }
      case JournalEntry.Succeeded success -> {
        draft.promoted = Optional.of(success.successor());
        draft.promotedAlias = success.alias();
        draft.promotedCoordinates = success.coordinates();
      }
      case JournalEntry.ReplicaSettled settled -> {
        Map<InstanceKey, ReplicaFate> more = new TreeMap<>(fates);
        more.put(settled.replica(), settled.fate());
        draft.fates = more;
      }
      case JournalEntry.LossAssessed assessed -> draft.loss = assessed.loss().after(loss);
      case JournalEntry.Published ignored -> draft.published = true;
      case JournalEntry.Closed closed -> {
        draft.ended = Optional.of(at);
        draft.successful = closed.successful();
        draft.errors = closed.errors();
      }
    }
    return draft.build();
  }

  public RecoveryTicket acknowledged(Acknowledgement by) {
    Draft draft = new Draft(this);
    draft.acknowledgement = Optional.of(by);
    return draft.build();
  }

  /** The same, where the failed server took writes before. */
  public RecoveryTicket ofWritableServer() {
    Draft draft = new Draft(this);
    draft.failedTookWrites = true;
    return draft.build();
  }

  /** With the id it gets, and that of the detection it answers. */
  public RecoveryTicket withIds(long newId, long newDetectionId) {
    Draft draft = new Draft(this);
    draft.id = newId;
    draft.detectionId = newDetectionId;
    return draft.build();
  }

  public static String hookName(HookPoint point, int index) {
    return point.configurationKey() + "/" + index;
  }

  private static List<String> plus(List<String> list, String more) {
    if (list.contains(more)) {
      return list;
    }
    List<String> longer = new ArrayList<>(list);
    longer.add(more);
    return longer;
  }

  /** The parts of a ticket that change after it was written. */
  private static final class Draft {
    private final RecoveryTicket base;
    private boolean failedTookWrites;
    private String processingNode;
    private long id;
    private long detectionId;
    private Optional<InstanceKey> chosen;
    private Optional<InstanceKey> intended;
    private Optional<PromotionBase> taken;
    private Optional<GtidSet> executed;
    private Optional<InstanceKey> promoted;
    private String promotedAlias;
    private Optional<BinlogCoordinates> promotedCoordinates;
    private Map<InstanceKey, ReplicaFate> fates;
    private List<String> hooksStarted;
    private List<String> hooksEnded;
    private LossReport loss;
    private boolean published;
    private Optional<Instant> ended;
    private boolean successful;
    private List<String> errors;
    private Optional<Acknowledgement> acknowledgement;

    Draft(RecoveryTicket base) {
      this.base = base;
      this.failedTookWrites = base.failedTookWrites;
      this.processingNode = base.processingNode;
      this.id = base.id;
      this.detectionId = base.detectionId;
      this.chosen = base.chosen;
      this.intended = base.intended;
      this.taken = base.base;
      this.executed = base.executed;
      this.promoted = base.promoted;
      this.promotedAlias = base.promotedAlias;
      this.promotedCoordinates = base.promotedCoordinates;
      this.fates = base.fates;
      this.hooksStarted = base.hooksStarted;
      this.hooksEnded = base.hooksEnded;
      this.loss = base.loss;
      this.published = base.published;
      this.ended = base.ended;
      this.successful = base.successful;
      this.errors = base.errors;
      this.acknowledgement = base.acknowledgement;
    }

    RecoveryTicket build() {
      return new RecoveryTicket(
          id,
          base.uid,
          base.failed,
          base.analysis,
          base.description,
          base.clusterName,
          base.clusterAlias,
          base.clusterDomain,
          base.origin,
          base.started,
          base.blockedUntil,
          detectionId,
          failedTookWrites,
          processingNode,
          chosen,
          intended,
          taken,
          executed,
          promoted,
          promotedAlias,
          promotedCoordinates,
          fates,
          hooksStarted,
          hooksEnded,
          loss,
          published,
          ended,
          successful,
          errors,
          acknowledgement);
    }
  }
}
