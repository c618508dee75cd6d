package orchestrator.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.OracleGtidSet;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.InstanceKey;

/** A server: its data, its replication, and how it feels. Times are milliseconds. */
final class SimServer {
  /** Whether the process runs, and answers. */
  enum Health {
    WELL,
    /** The process is gone: connections are refused. */
    DEAD,
    /** The host is gone: silence. */
    GONE,
    /** Connections are taken, nothing is answered, what was sent is executed later. */
    HUNG
  }

  /** The IO thread. */
  enum Io {
    STOPPED,
    CONNECTING,
    CONNECTED,
    /** The source refuses to serve it: nothing but a person helps. */
    REFUSED
  }

  private static final List<String> UUIDS =
      IntStream.range(0, 10).mapToObj("00000000-0000-0000-0000-%012d"::formatted).toList();

  final int index;
  final InstanceKey key;
  final String uuid;
  final boolean mariaDb;

  /** Of a server without GTIDs. */
  final Optional<Places> places;

  Health health = Health.WELL;

  /** It lets nobody in, and works otherwise. */
  boolean refusing;

  boolean diskFull;
  long latencyMillis;
  boolean readOnly = true;

  /** Of use while it is read-only. */
  boolean superReadOnly;

  String dataCenter = "";

  /** What its configuration file says: how it is after a restart. */
  boolean restartsWritable;

  /** Somebody writes into that file what it was told. */
  boolean persistsWritable;

  boolean logsUpdates = true;
  boolean semiSyncReplica;
  boolean semiSyncMaster;

  final List<Transaction> log = new ArrayList<>();
  private final Set<Transaction> has = new HashSet<>();
  OracleGtidSet executed = OracleGtidSet.EMPTY;

  /** Fetched and not applied. */
  final Deque<Transaction> relay = new ArrayDeque<>();

  private final Set<Transaction> inRelay = new HashSet<>();
  OracleGtidSet retrieved = OracleGtidSet.EMPTY;

  Optional<InstanceKey> source = Optional.empty();
  Io io = Io.STOPPED;
  String ioError = "";

  /** Up to where it has read the source's log. */
  int cursor;

  /** Changes with each connection: what was sent over an earlier one does not arrive. */
  long connection;

  /** Its source's process has ended since it connected, which it may not know yet. */
  boolean sourceHasEnded;

  long lastHeard;

  /** When its source sent something last, and be it a heartbeat. */
  long lastSent;

  long heartbeats;
  long relayLogBytes;
  long nextConnect;
  boolean sqlRunning;
  String sqlError = "";
  long applyMillis = 1;
  long appliedUntil;

  /** Until then it waits for a lock, or applies one long transaction. */
  long stalledUntil;

  /** The number of the latest statement by a manager that was executed. */
  long lastStatement = -1;

  /** How many of the latest transactions a crash would lose. */
  int unsynced;

  SimServer(int index, boolean mariaDb, Optional<Places> places) {
    this.index = index;
    this.mariaDb = mariaDb;
    this.places = places;
    this.key = new InstanceKey("s" + index, 3306 + index);
    this.uuid = uuidOf(index);
  }

  boolean isWell() {
    return health == Health.WELL;
  }

  boolean has(Transaction transaction) {
    return has.contains(transaction);
  }

  boolean hasFetched(Transaction transaction) {
    return has.contains(transaction) || inRelay.contains(transaction);
  }

  void commit(Transaction transaction, String uuidOfOrigin) {
    if (has.add(transaction)) {
      log.add(transaction);
      executed = executed.plus(uuidOfOrigin, "", transaction.number(), transaction.number());
      places.ifPresent(Places::logged);
    }
  }

  void fetch(Transaction transaction, String uuidOfOrigin) {
    if (!has.contains(transaction) && inRelay.add(transaction)) {
      relay.add(transaction);
      retrieved = retrieved.plus(uuidOfOrigin, "", transaction.number(), transaction.number());
    }
  }

  /** Without GTIDs it does not know whether it has it. */
  void fetchTo(Transaction transaction, Places stand, BinlogCoordinates end) {
    relay.add(transaction);
    inRelay.add(transaction);
    stand.fetched(end);
  }

  /** Takes the next transaction from the relay log. */
  Transaction poll() {
    Transaction next = relay.remove();
    inRelay.remove(next);
    return next;
  }

  long nextNumber() {
    if (mariaDb) {
      return log.isEmpty() ? 1 : log.getLast().number() + 1;
    }
    return executed.lastNumber(uuid, "") + 1;
  }

  /** Executes a statement of a manager. */
  void execute(ServerAction action, long now) {
    switch (action) {
      case ServerAction.StopIoThread ignored -> stopIo();
      case ServerAction.StartIoThread ignored -> startIo(now);
      case ServerAction.StartSqlThread ignored -> startSql(now);
      case ServerAction.StopReplication ignored -> stop();
      case ServerAction.StartReplication ignored -> {
        startIo(now);
        startSql(now);
      }
      case ServerAction.RestartReplication ignored -> {
        stopIo();
        startIo(now);
        startSql(now);
      }
      case ServerAction.ChangeSource change -> {
        stop();
        if (!hasGoneOnFrom(change)) {
          dropRelay();
          source = Optional.of(change.source());
          places.ifPresent(stand -> {
            stand.startAt(placeOf(change));
            unsynced = 0; // what was applied before is written down together with the place
          });
        }
        if (change.start()) {
          startIo(now);
          startSql(now);
        }
      }
      case ServerAction.ResetReplication ignored -> {
        stop();
        dropRelay();
        places.ifPresent(Places::forget);
        source = Optional.empty();
      }
      case ServerAction.DetachSource ignored -> {
        stop();
        source = source.map(InstanceKey::detached);
        startIo(now); // in vain: nobody has such an address
        startSql(now);
      }
      case ServerAction.ReattachSource ignored -> {
        source = source.map(InstanceKey::reattached);
        startIo(now);
        startSql(now);
      }
      case ServerAction.SetReadOnly set -> {
        readOnly = set.readOnly();
        superReadOnly = set.withSuperReadOnly() && !mariaDb;
        restartsWritable |= persistsWritable && !readOnly;
      }
      // A client here connects anew for each write.
      case ServerAction.EndClients ignored -> {}
      case ServerAction.InjectMarker ignored -> {}
      case ServerAction.SetSemiSyncReplica set -> semiSyncReplica = set.enabled();
      case ServerAction.SetSemiSyncMaster set -> semiSyncMaster = set.enabled();
    }
  }

  private static BinlogCoordinates placeOf(ServerAction.ChangeSource change) {
    return change.position() instanceof ServerAction.SourcePosition.FileAndPosition file
        ? file.coordinates()
        : BinlogCoordinates.UNKNOWN;
  }

  /** As on real servers: one that was changed so before is not taken back. */
  private boolean hasGoneOnFrom(ServerAction.ChangeSource change) {
    return source.equals(Optional.of(change.source()))
        && places.filter(stand -> !stand.executed.isBefore(placeOf(change))).isPresent();
  }

  private void stopIo() {
    if (source.isPresent()) {
      io = Io.STOPPED;
      ioError = "";
      connection++;
    }
  }

  /** MariaDB throws its relay log away, and fetches anew from where it has applied. */
  private void startIo(long now) {
    if (source.isPresent() && io != Io.CONNECTED) {
      if (mariaDb) {
        dropRelay();
      }
      io = Io.CONNECTING;
      ioError = "";
      nextConnect = now;
    }
  }

  private void startSql(long now) {
    if (source.isPresent() && !sqlRunning) {
      sqlRunning = true;
      sqlError = "";
      appliedUntil = now;
    }
  }

  private void stop() {
    stopIo();
    sqlRunning = false;
    sqlError = "";
  }

  private void dropRelay() {
    relay.clear();
    inRelay.clear();
    retrieved = OracleGtidSet.EMPTY;
    places.ifPresent(Places::dropRelay);
  }

  /** The process ends. */
  void die(Health how, boolean losingTail) {
    health = how;
    io = Io.STOPPED;
    connection++;
    sqlRunning = false;
    if (losingTail) {
      for (int i = 0; i < unsynced && mayLoseLast(); i++) {
        Transaction lost = log.removeLast();
        has.remove(lost);
        places.ifPresent(Places::lost);
        executed =
            executed.subtract(
                OracleGtidSet.EMPTY.plus(uuidOf(lost.origin()), "", lost.number(), lost.number()));
      }
      dropRelay();
    }
    unsynced = 0;
  }

  private boolean mayLoseLast() {
    return places.map(stand -> stand.files.mayLoseLast()).orElse(!log.isEmpty());
  }

  /** It runs again; its threads start by themselves. */
  void restart(long now) {
    health = Health.WELL;
    places.ifPresent(stand -> stand.files.nextFile());
    readOnly = !restartsWritable;
    superReadOnly = false;
    io = Io.STOPPED;
    startIo(now);
    startSql(now);
    appliedUntil = now;
  }

  static String uuidOf(int origin) {
    return UUIDS.get(origin);
  }
}
