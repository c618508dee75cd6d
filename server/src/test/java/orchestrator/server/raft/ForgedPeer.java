package orchestrator.server.raft;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import orchestrator.server.engine.GroupStatus;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceBlockingStub;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** The protocol's own messages, under another node's name. */
public final class ForgedPeer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String name;
  private final RaftGroupMemberId target;
  private final ManagedChannel channel;

  ForgedPeer(Trio trio, String name, String target) {
    this(trio, name, target, "test");
  }

  ForgedPeer(Trio trio, String name, String target, String cluster) {
    this(
        name,
        target,
        trio.peers().stream()
            .filter(known -> known.name().equals(target))
            .map(GroupStatus.Peer::address)
            .findAny()
            .orElseThrow(),
        cluster);
  }

  /**
   * @param target name of the node that is talked to
   * @param address {@code host:port} of that node
   * @param cluster the group's name
   */
  public ForgedPeer(String name, String target, String address, String cluster) {
    this.name = name;
    this.target =
        RaftGroupMemberId.valueOf(RaftPeerId.valueOf(target), GroupDirectory.groupId(cluster));
    this.channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
  }

  /** Whether it gets the vote, for a log that ends with this entry. */
  public boolean getsVote(long term, long lastTerm, long lastIndex) {
    return askForVote(term, lastTerm, lastIndex).getServerReply().getSuccess();
  }

  /** Whether it would get the vote, asked before it raises its term. */
  public boolean wouldGetVote(long term, long lastTerm, long lastIndex) {
    return askWhetherItWouldVote(term, lastTerm, lastIndex).getServerReply().getSuccess();
  }

  /** Whether a node does not take it for the leader, when it says that there is nothing new. */
  public boolean isNoLeader(long term, long lastTerm, long lastIndex) {
    return heartbeat(term, lastTerm, lastIndex).getResult() == AppendResult.NOT_LEADER;
  }

  RequestVoteReplyProto askForVote(long term, long lastTerm, long lastIndex) {
    return ask(term, lastTerm, lastIndex, false);
  }

  RequestVoteReplyProto askWhetherItWouldVote(long term, long lastTerm, long lastIndex) {
    return ask(term, lastTerm, lastIndex, true);
  }

  private RequestVoteReplyProto ask(long term, long lastTerm, long lastIndex, boolean before) {
    return stub()
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(header())
                .setCandidateTerm(term)
                .setCandidateLastEntry(entry(lastTerm, lastIndex))
                .setPreVote(before)
                .build());
  }

  /** Asks a node, as its leader would, to become a candidate at once; whether it does. */
  boolean startElection(long term) {
    return stub()
        .startLeaderElection(
            StartLeaderElectionRequestProto.newBuilder()
                .setServerRequest(header())
                .setLeaderLastEntry(entry(term, 0))
                .build())
        .getServerReply()
        .getSuccess();
  }

  /** Tells a node, as its leader would, that there is nothing new. */
  AppendEntriesReplyProto heartbeat(long term, long lastTerm, long lastIndex) {
    CompletableFuture<AppendEntriesReplyProto> answer = new CompletableFuture<>();
    StreamObserver<AppendEntriesRequestProto> call =
        RaftServerProtocolServiceGrpc.newStub(channel)
            .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
            .appendEntries(new FirstAnswer<>(answer));
    call.onNext(
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(header())
            .setLeaderTerm(term)
            .setPreviousLog(entry(lastTerm, lastIndex))
            .build());
    try {
      return answer.join();
    } finally {
      call.onCompleted();
    }
  }

  private record FirstAnswer<T>(CompletableFuture<T> answer) implements StreamObserver<T> {
    @Override
    public void onNext(T message) {
      answer.complete(message);
    }

    @Override
    public void onError(Throwable e) {
      answer.completeExceptionally(e);
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new IllegalStateException("It ended without an answer"));
    }
  }

  private RaftServerProtocolServiceBlockingStub stub() {
    return RaftServerProtocolServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private RaftRpcRequestProto header() {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(ByteString.copyFromUtf8(name))
        .setReplyId(ByteString.copyFromUtf8(target.getPeerId().toString()))
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(target.getGroupId().toByteString()))
        .build();
  }

  private static TermIndexProto entry(long term, long index) {
    return TermIndexProto.newBuilder().setTerm(term).setIndex(index).build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
