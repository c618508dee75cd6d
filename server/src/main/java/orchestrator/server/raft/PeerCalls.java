package orchestrator.server.raft;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingClientCallListener;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.InternalConfigurator;
import org.apache.ratis.thirdparty.io.grpc.InternalConfiguratorRegistry;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;

/**
 * Stands on the way of the messages between nodes, where Ratis itself asks nobody: shows them to
 * {@link Voting}, and limits how long a connection may take, and how long it may be silent.
 *
 * <p>Those that come in are shown by the hook that Ratis has for it. It has none for its channels
 * to others, but gRPC has one, of the whole process: what a node sends is told by its name in it.
 */
final class PeerCalls {
  /** TCP itself tries for minutes to reach a host that is silent, and the others wait with it. */
  private static final int CONNECT_MILLIS = 2000;

  /**
   * A connection on which nothing is heard is given up after the two together, for new ones that
   * are tried all the time. TCP would keep it, and look ever more seldom whether anybody is there:
   * after a cut of a minute it took as long again until the nodes talked. gRPC takes no less.
   */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Duration LAST_CHANCE = Duration.ofSeconds(2);

  private static final Map<Node, Voting> NODES = new ConcurrentHashMap<>();

  private record Node(RaftGroupId group, RaftPeerId name) {
    static Node sending(RaftRpcRequestProto header) {
      return new Node(
          RaftGroupId.valueOf(header.getRaftGroupId().getId()),
          RaftPeerId.valueOf(header.getRequestorId()));
    }
  }

  private PeerCalls() {}

  /** Once, before the first node starts. */
  static void install() {
    InternalConfiguratorRegistry.setConfigurators(
        List.of(
            new InternalConfigurator() {
              @Override
              public void configureChannelBuilder(ManagedChannelBuilder<?> builder) {
                builder.intercept(new Sent());
                connections(builder)
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .keepAliveTime(SILENCE.toSeconds(), TimeUnit.SECONDS)
                    .keepAliveTimeout(LAST_CHANCE.toSeconds(), TimeUnit.SECONDS)
                    .keepAliveWithoutCalls(true);
              }
            }));
  }

  /** gRPC shows the outer half of what builds a channel; the inner one knows of connections. */
  private static NettyChannelBuilder connections(ManagedChannelBuilder<?> builder) {
    try {
      Object transport = hidden(builder, "clientTransportFactoryBuilder");
      return (NettyChannelBuilder) hidden(transport, "this$0");
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException("This version of gRPC builds channels in another way", e);
    }
  }

  private static Object hidden(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  /** Shows what this node sends, until {@link #forget}. */
  static void watch(RaftGroupId group, RaftPeerId name, Voting voting) {
    NODES.put(new Node(group, name), voting);
  }

  static void forget(RaftGroupId group, RaftPeerId name) {
    NODES.remove(new Node(group, name));
  }

  /** Shows what others send to a node, and lets them ask whether it is there. */
  static GrpcServices.Customizer shownTo(Voting voting) {
    ServerInterceptor received = new Received(voting);
    return (builder, types) -> {
      builder
          .permitKeepAliveTime(SILENCE.toSeconds() / 2, TimeUnit.SECONDS)
          .permitKeepAliveWithoutCalls(true);
      return types.contains(GrpcServices.Type.SERVER) ? builder.intercept(received) : builder;
    };
  }

  private record Received(Voting voting) implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
          next.startCall(call, headers)) {
        private boolean refused;

        @Override
        public void onMessage(Q message) {
          switch (message) {
            case RequestVoteRequestProto request when !voting.mayAnswer(request) -> {
              refused = true;
              call.close(
                  Status.UNAVAILABLE.withDescription("It has not yet got what it may have lost"),
                  new Metadata());
              return;
            }
            case AppendEntriesRequestProto append -> voting.onLeader(append);
            default -> {}
          }
          super.onMessage(message);
        }

        @Override
        public void onHalfClose() {
          if (!refused) {
            super.onHalfClose();
          }
        }
      };
    }
  }

  private static final class Sent implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      ClientCall<Q, R> call = next.newCall(method, options);
      boolean isVote =
          method
              .getFullMethodName()
              .equals(RaftServerProtocolServiceGrpc.getRequestVoteMethod().getFullMethodName());
      return isVote ? new Asked<>(call) : call;
    }
  }

  /** A request for a vote. */
  private static final class Asked<Q, R>
      extends ForwardingClientCall.SimpleForwardingClientCall<Q, R> {
    private Optional<RequestVoteRequestProto> request = Optional.empty();
    private boolean withheld;

    Asked(ClientCall<Q, R> call) {
      super(call);
    }

    @Override
    public void sendMessage(Q message) {
      request = Optional.of((RequestVoteRequestProto) message);
      withheld = voting().filter(v -> !v.maySend(request.orElseThrow())).isPresent();
      if (withheld) {
        cancel("This node has not yet got what it may have lost", null);
      } else {
        super.sendMessage(message);
      }
    }

    @Override
    public void halfClose() {
      if (!withheld) {
        super.halfClose();
      }
    }

    private Optional<Voting> voting() {
      return request
          .map(sent -> Node.sending(sent.getServerRequest()))
          .flatMap(node -> Optional.ofNullable(NODES.get(node)));
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      super.start(
          new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onMessage(R message) {
              voting()
                  .ifPresent(
                      v -> v.onAnswer(request.orElseThrow(), (RequestVoteReplyProto) message));
              super.onMessage(message);
            }
          },
          headers);
    }
  }
}
