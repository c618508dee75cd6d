package orchestrator.server.raft;

import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;

/** What of the messages between nodes matters to elections. Knows the messages of Ratis. */
final class Voting {
  private final RaftGroupId group;
  private final String node;
  private final Probation probation;
  private final Ballots ballots = new Ballots();

  Voting(RaftGroupId group, String node, Probation probation) {
    this.group = group;
    this.node = node;
    this.probation = probation;
  }

  /** Whether this node may send this, or answer it. */
  boolean isPermitted(RequestVoteRequestProto request) {
    return !isOfGroup(request.getServerRequest())
        || probation.mayElect(request.getCandidateLastEntry().getIndex());
  }

  void onAnswer(RequestVoteRequestProto request, RequestVoteReplyProto reply) {
    probation.sawLog(reply.getLastEntry().getIndex());
    if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
      ballots.add(request.getCandidateTerm(), reply.getServerReply().getReplyId().toStringUtf8());
    }
  }

  void onLeader(AppendEntriesRequestProto message) {
    if (isOfGroup(message.getServerRequest())) {
      probation.onLeader(
          message.getLeaderTerm(), message.getLeaderCommit(), message.getPreviousLog().getIndex());
    }
  }

  /** Ratis refuses the others, later. */
  private boolean isOfGroup(RaftRpcRequestProto header) {
    return header.getRaftGroupId().getId().equals(group.toByteString());
  }

  /** This node leads in this term; who elected it, this node among them. */
  List<String> leads(long term) {
    probation.onLeading();
    return Stream.concat(Stream.of(node), ballots.in(term).stream()).sorted().distinct().toList();
  }
}
