package orchestrator.server.raft;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import orchestrator.core.state.LogPosition;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.state.StateMachine;
import orchestrator.server.codec.CodecException;
import orchestrator.server.codec.StateCodec;
import orchestrator.server.engine.Projection;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what the group committed. All applying is done by one thread of Ratis; what others read
 * is one immutable value.
 */
final class CommandMachine extends BaseStateMachine {
  /** Logs are checked for damage before: what cannot be read was written by a newer version. */
  private static final String NEWER_VERSION =
      "A newer version than this one has written it: install that here, and keep RaftDataDir as it is";

  private static final Logger log = LoggerFactory.getLogger(CommandMachine.class);
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(2);
  private static final Duration SNAPSHOT_RETRY = Duration.ofSeconds(30);

  /** What an entry that cannot be applied, or a failed log, means: the node must leave. */
  interface Doom {
    void leave(String reason);
  }

  /** The state, and where in the log it stands. */
  record Position(TermIndex at, ReplicatedState state) {}

  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private final StateCodec codec = new StateCodec();
  private final RecentCommands recent = new RecentCommands();
  private final List<Consumer<ReplicatedState>> listeners = new CopyOnWriteArrayList<>();
  private final ClientId ownClient;
  private final Submissions submissions;
  private final Abandoned abandoned;
  private final Projection projection;
  private final Tenure tenure;
  private final Doom doom;
  private volatile Position position = new Position(TermIndex.INITIAL_VALUE, ReplicatedState.EMPTY);
  private volatile long startingTerm;
  private long nextSnapshotNanos = System.nanoTime();

  CommandMachine(
      ClientId ownClient,
      Submissions submissions,
      Abandoned abandoned,
      Projection projection,
      Tenure tenure,
      Doom doom) {
    this.ownClient = ownClient;
    this.submissions = submissions;
    this.abandoned = abandoned;
    this.projection = projection;
    this.tenure = tenure;
    this.doom = doom;
  }

  /** What the directory held when the node started. */
  long startingTerm() {
    return startingTerm;
  }

  Position position() {
    return position;
  }

  RecentCommands recent() {
    return recent;
  }

  void onApplied(Consumer<ReplicatedState> listener) {
    listeners.add(listener);
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, groupId, raftStorage);
    startingTerm = raftStorage.getMetadataFile().getMetadata().getTerm();
    getLifeCycle()
        .startAndTransition(() -> {
          storage.init(raftStorage);
          load();
          LogTail.dropIfBefore(raftStorage, position.at().getIndex());
        });
  }

  /** A snapshot of the leader is about to replace everything; Ratis expects PAUSED. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  @Override
  public void reinitialize() throws IOException {
    storage.loadLatestSnapshot();
    load();
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  private void load() throws IOException {
    Optional<SingleFileSnapshotInfo> snapshot = Optional.ofNullable(storage.getLatestSnapshot());
    if (snapshot.isEmpty()) {
      return;
    }
    Path file = snapshot.get().getFile().getPath();
    SnapshotContent content = read(file, snapshot.get().getFile().getFileDigest());
    TermIndex at = snapshot.get().getTermIndex();
    recent.replaceWith(content.recent());
    setLastAppliedTermIndex(at);
    position = new Position(at, content.state());
    projection.jump(at.getIndex(), content.state());
    submissions.onSnapshot(at.getTerm(), recent);
    tell(content.state());
    log.info("Took up the snapshot at entry {}, term {}", at.getIndex(), at.getTerm());
  }

  private SnapshotContent read(Path file, MD5Hash digest) throws IOException {
    try {
      MD5FileUtil.verifySavedMD5(file.toFile(), digest);
      try (InputStream in = Files.newInputStream(file)) {
        return SnapshotContent.decode(in, codec);
      }
    } catch (IOException e) {
      throw new IOException(
          "The snapshot %s cannot be used: %s. %s"
              .formatted(file, e.getMessage(), GroupDirectory.REJOIN),
          e);
    }
  }

  /** Only this process proposes: whoever else reaches the port may not. */
  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    TransactionContext context =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request).build();
    if (!request.getClientId().equals(ownClient)) {
      context.setException(new IOException("Only the node itself may submit commands"));
    }
    return context;
  }

  /** Right before the entry is written, under the lock of the log: the term stays what it is. */
  @Override
  public TransactionContext preAppendTransaction(TransactionContext context) throws IOException {
    CommandId id = Entry.idIn(dataOf(context.getStateMachineLogEntry().getLogData()));
    long term = getServer().join().getDivision(getGroupId()).getInfo().getCurrentTerm();
    if (id.term() != term) {
      throw new StateMachineException(
          "The term changed from " + id.term() + " to " + term, new IOException(), false);
    }
    if (abandoned.contains(id)) {
      throw new StateMachineException(
          "It was asked for, and said not to be done", new IOException(), false);
    }
    submissions.find(id).ifPresent(Submissions.Waiting::markAppended);
    return context;
  }

  /** Never throws: an exception here would make Ratis leave the entry out on this node alone. */
  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext context) {
    LogEntryProto entry = context.getLogEntry();
    TermIndex at = TermIndex.valueOf(entry.getTerm(), entry.getIndex());
    try {
      apply(at, Entry.decode(dataOf(entry.getStateMachineLogEntry().getLogData()), codec));
      updateLastAppliedTermIndex(at);
      return CompletableFuture.completedFuture(Message.EMPTY);
    } catch (CodecException e) {
      return cannotApply(at, e, NEWER_VERSION);
    } catch (RuntimeException e) {
      log.error("Applying entry {} failed", at, e);
      return cannotApply(at, e, GroupDirectory.REJOIN);
    }
  }

  private CompletableFuture<Message> cannotApply(
      TermIndex at, RuntimeException cause, String advice) {
    doom.leave(
        "Entry %d of the raft log cannot be applied: %s. %s"
            .formatted(at.getIndex(), cause.getMessage(), advice));
    return CompletableFuture.failedFuture(cause);
  }

  private void apply(TermIndex at, Entry entry) {
    submissions.onTerm(at.getTerm());
    ReplicatedState before = position.state();
    StateMachine.AppliedAll applied =
        StateMachine.applyAll(
            before, entry.commands(), new LogPosition(at.getTerm(), at.getIndex()));
    position = new Position(at, applied.next());
    recent.add(entry.id(), applied.isDone());
    if (applied.isDone()) {
      projection.apply(at.getIndex(), before, applied.next(), entry.commands());
    }
    tell(applied.next());
    submissions.onApplied(entry.id(), at.getIndex(), applied.results());
  }

  private void tell(ReplicatedState state) {
    for (Consumer<ReplicatedState> listener : listeners) {
      try {
        listener.accept(state);
      } catch (RuntimeException e) {
        log.error("A listener of the replicated state failed", e);
      }
    }
  }

  private static ByteBuffer dataOf(ByteString bytes) {
    return bytes.asReadOnlyByteBuffer();
  }

  /** An entry without commands: the start of a term, or a change of the members. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    super.notifyTermIndexUpdated(term, index);
    position = new Position(TermIndex.valueOf(term, index), position.state());
    submissions.onTerm(term);
  }

  /**
   * @return the index that the snapshot stands for, or {@link RaftLog#INVALID_LOG_INDEX} when there
   *     is none: the history must have what the log then loses
   */
  @Override
  public long takeSnapshot() {
    if (System.nanoTime() - nextSnapshotNanos < 0) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    Position now = position;
    if (!projection.flush(FLUSH_LIMIT)) {
      return postpone("the backend does not keep up");
    }
    try {
      write(now);
      return now.at().getIndex();
    } catch (IOException e) {
      return postpone(e.toString());
    }
  }

  private long postpone(String reason) {
    log.warn("No snapshot now, the raft log grows until there is one: {}", reason);
    nextSnapshotNanos = System.nanoTime() + SNAPSHOT_RETRY.toNanos();
    return RaftLog.INVALID_LOG_INDEX;
  }

  /** Complete under its name or not there at all, whenever the process or the machine dies. */
  private void write(Position now) throws IOException {
    File file = storage.getSnapshotFile(now.at().getTerm(), now.at().getIndex());
    Path temporary = Path.of(file + ".tmp");
    byte[] bytes = new SnapshotContent(now.state(), recent.stored()).encode(codec);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    // First the digest: a snapshot without one keeps the node from starting.
    MD5Hash digest = MD5FileUtil.computeMd5ForFile(temporary.toFile());
    MD5FileUtil.saveMD5File(file, digest);
    Files.move(temporary, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory =
        FileChannel.open(file.toPath().toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), now.at()));
  }

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    tenure.begin();
  }

  @Override
  public void notifyLeaderReady() {
    tenure.alarm();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    tenure.alarm();
  }

  @Override
  public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto members) {
    tenure.alarm();
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto failed) {
    doom.leave("The raft log cannot be written: " + cause);
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean all) {
    doom.leave(
        "Raft has stopped on this node: it was removed from the group, or its engine failed; see the"
            + " log");
  }
}
