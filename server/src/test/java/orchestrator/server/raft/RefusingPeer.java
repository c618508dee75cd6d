package orchestrator.server.raft;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import orchestrator.server.engine.GroupStatus.Peer;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** Answers at a node's address, gives nobody its vote, and notes when it was asked. */
final class RefusingPeer extends RaftServerProtocolServiceImplBase implements AutoCloseable {
  private final Server server;
  private final List<Long> askedNanos = new CopyOnWriteArrayList<>();

  RefusingPeer(Peer instead) throws IOException {
    String[] address = instead.address().split(":", 2);
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(address[0], Integer.parseInt(address[1])))
            .addService(this)
            .build()
            .start();
  }

  /** From each attempt to the next one. */
  List<Duration> pauses() {
    List<Long> moments = List.copyOf(askedNanos);
    List<Duration> pauses = new ArrayList<>();
    for (int i = 1; i < moments.size(); i++) {
      pauses.add(Duration.ofNanos(moments.get(i) - moments.get(i - 1)));
    }
    return pauses;
  }

  @Override
  public void requestVote(
      RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answer) {
    askedNanos.add(System.nanoTime());
    RaftRpcRequestProto header = request.getServerRequest();
    answer.onNext(
        RequestVoteReplyProto.newBuilder()
            .setServerReply(
                RaftRpcReplyProto.newBuilder()
                    .setRequestorId(header.getRequestorId())
                    .setReplyId(header.getReplyId())
                    .setRaftGroupId(header.getRaftGroupId())
                    .setCallId(header.getCallId())
                    .setSuccess(false))
            .setTerm(request.getCandidateTerm())
            .build());
    answer.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
