package orchestrator.server.raft;

import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;

/** What of the messages between nodes matters to elections. Knows the messages of Ratis. */
final class Voting {
  private final String node;
  private final Probation probation;
  private final Ballots ballots = new Ballots();

  Voting(String node, Probation probation) {
    this.node = node;
    this.probation = probation;
  }

  /** Whether this node may send this, or answer it. */
  boolean isPermitted(RequestVoteRequestProto request) {
    return probation.mayElect(request.getCandidateLastEntry().getIndex());
  }

  void onAnswer(RequestVoteRequestProto request, RequestVoteReplyProto reply) {
    probation.sawLog(reply.getLastEntry().getIndex());
    if (reply.getServerReply().getSuccess() && !request.getPreVote()) {
      ballots.add(request.getCandidateTerm(), reply.getServerReply().getReplyId().toStringUtf8());
    }
  }

  void onLeader(AppendEntriesRequestProto message) {
    probation.onLeader(message.getLeaderTerm(), message.getLeaderCommit());
  }

  /** This node leads in this term; who elected it, this node among them. */
  List<String> leads(long term) {
    probation.onLeading();
    return Stream.concat(Stream.of(node), ballots.in(term).stream()).sorted().distinct().toList();
  }
}
