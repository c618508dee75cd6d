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

  /** Whether this node may send this. */
  boolean maySend(RequestVoteRequestProto request) {
    long last = request.getCandidateLastEntry().getIndex();
    return request.getPreVote() ? probation.mayElect(last) : probation.mayStand(last);
  }

  /** Whether this node may answer this. */
  boolean mayAnswer(RequestVoteRequestProto request) {
    if (!isOfGroup(request.getServerRequest())) {
      return true;
    }
    long last = request.getCandidateLastEntry().getIndex();
    probation.heard(request.getServerRequest().getRequestorId().toStringUtf8(), last);
    return probation.mayElect(last);
  }

  void onAnswer(RequestVoteRequestProto request, RequestVoteReplyProto reply) {
    String voter = reply.getServerReply().getReplyId().toStringUtf8();
    probation.heard(voter, reply.getLastEntry().getIndex());
    if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
      ballots.add(request.getCandidateTerm(), voter);
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
