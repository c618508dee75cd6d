package orchestrator.server.http;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Group.StateDigest;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.engine.Outcome;
import orchestrator.server.engine.Outcome.Failure;
import orchestrator.server.http.RouteTable.Place;

/**
 * The group of nodes: what it is, all of it from one {@link GroupStatus} a request, and changes of
 * it.
 */
final class RaftEndpoints {
  private static final Duration YIELD_LIMIT = Duration.ofSeconds(15);
  private static final Duration REMOVE_LIMIT = Duration.ofSeconds(30);
  private static final Duration SNAPSHOT_LIMIT = Duration.ofSeconds(60);

  /** A new node is sent the whole state first. */
  private static final Duration ADD_LIMIT = Duration.ofMinutes(3);

  private final Optional<Group> group;
  private final NodeServices services;

  RaftEndpoints(Optional<Group> group, NodeServices services) {
    this.group = group;
    this.services = services;
  }

  void register(RouteTable routes) {
    show(routes, "raft-state", status -> Body.text(status.role().displayName()));
    show(routes, "raft-leader", status -> Body.text(RaftView.leaderAddress(status)));
    show(routes, "raft-peers", RaftView::peers);
    show(routes, "raft-status", RaftView::summary);
    show(routes, "raft", RaftView::all);
    routes.read("raft-state-digest", Place.HERE, call -> in(g -> digest(g.digest())));
    routes.read("raft-health", Place.HERE, call -> in(g -> health(g.status())));
    routes.read("command/:id", Place.LEADER_IF_ANY, call -> in(g -> fate(g, call.argument("id"))));
    routes.read(
        "raft-follower-health-report/:authenticationToken/:raftBind/:raftAdvertise",
        Place.HERE,
        call -> in(g -> unaskedReport()));
    routes.act("raft-snapshot", Place.HERE, call -> in(g -> snapshot(g, call)));
    changes(routes);
  }

  private void changes(RouteTable routes) {
    routes.act("raft-yield/:node", call -> in(g -> yieldTo(g, call)));
    routes.act("raft-yield-hint/:hint", call -> in(g -> yieldToHint(g, call)));
    routes.act("reelect", call -> in(g -> stepDown(g, call)));
    routes.act("raft-add-peer/:addr", call -> in(g -> addPeer(g, call)));
    routes.act("raft-remove-peer/:addr", call -> in(g -> removePeer(g, call)));
  }

  private void show(RouteTable routes, String path, Function<GroupStatus, Body> view) {
    routes.read(path, Place.HERE, call -> in(g -> Answer.value(view.apply(g.status()))));
  }

  private Answer in(Function<Group, Answer> endpoint) {
    return group
        .map(endpoint)
        .orElseGet(() -> Answer.failed(Failure.CONFLICT, "This node does not run raft", Body.NULL));
  }

  /** The message is compared by scripts. */
  private static Answer health(GroupStatus status) {
    return status
        .unhealthy()
        .map(why -> (Answer) new Answer.Envelope(500, false, "unhealthy", RaftView.unhealthy(why)))
        .orElseGet(() -> Answer.value(Body.text("healthy")));
  }

  private static Answer digest(StateDigest digest) {
    return Answer.value(out -> {
      out.startObject();
      out.field("Index", digest.index());
      out.field("SHA256", digest.sha256());
      out.endObject();
    });
  }

  private static Answer unaskedReport() {
    return Answer.failed(
        Failure.CONFLICT,
        "No report was asked for: the leader knows from the log which followers are healthy",
        Body.NULL);
  }

  private static Answer fate(Group group, String id) {
    Group.CommandFate fate = group.fateOf(id);
    String explanation =
        switch (fate) {
          case DONE -> "It was applied, once";
          case REFUSED -> "It was decided and refused: it changed nothing and never will";
          case NOT_DONE -> "It was not applied and never will be: it can be repeated";
          case UNKNOWN -> "It is not known here and now: ask again later";
        };
    return Answer.value(out -> {
      out.startObject();
      out.field("CommandId", id);
      out.field("Fate", fate.name());
      out.field("Explanation", explanation);
      out.endObject();
    });
  }

  private Answer snapshot(Group group, Call call) {
    Outcome<Long> outcome =
        audited("raft-snapshot", "index ", call, group.snapshot(SNAPSHOT_LIMIT), String::valueOf);
    return bare(outcome, index -> Body.text("snapshot created"));
  }

  private Answer yieldTo(Group group, Call call) {
    Outcome<Peer> outcome = group.yieldTo(call.argument("node"), YIELD_LIMIT);
    return yielded("raft-yield", call, outcome, Body.NULL);
  }

  private Answer yieldToHint(Group group, Call call) {
    String hint = call.argument("hint");
    Outcome<Peer> outcome = group.yieldToHint(hint, YIELD_LIMIT);
    return yielded("raft-yield-hint", call, outcome, Body.text(hint));
  }

  private Answer stepDown(Group group, Call call) {
    return yielded("reelect", call, group.stepDown(YIELD_LIMIT), Body.NULL);
  }

  private Answer yielded(String type, Call call, Outcome<Peer> outcome, Body details) {
    return switch (audited(type, "to ", call, outcome, Peer::name)) {
      case Outcome.Ok<Peer>(Peer peer) -> Answer.done("Yielded to " + peer.name(), details);
      case Outcome.Failed<Peer> failed -> Answer.failed(failed, Body.NULL);
    };
  }

  private Answer addPeer(Group group, Call call) {
    Outcome<Peer> outcome = group.addPeer(call.argument("addr"), ADD_LIMIT);
    return bare(
        audited("raft-add-peer", "", call, outcome, RaftEndpoints::named),
        peer -> Body.text(peer.address()));
  }

  private Answer removePeer(Group group, Call call) {
    Outcome<Peer> outcome = group.removePeer(call.argument("addr"), REMOVE_LIMIT);
    return bare(
        audited("raft-remove-peer", "", call, outcome, RaftEndpoints::named),
        peer -> Body.text(peer.address()));
  }

  private static String named(Peer peer) {
    return peer.name().equals(peer.address()) ? peer.name() : peer.name() + "=" + peer.address();
  }

  /** These calls answer with the value alone when they succeed. */
  private static <T> Answer bare(Outcome<T> outcome, Function<T, Body> view) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> Answer.value(view.apply(value));
      case Outcome.Failed<T> failed -> Answer.failed(failed, Body.NULL);
    };
  }

  private <T> Outcome<T> audited(
      String type, String before, Call call, Outcome<T> outcome, Function<T, String> what) {
    switch (outcome) {
      case Outcome.Ok<T>(T value) ->
          services.audit(type, before + what.apply(value) + ", by " + call.requester().name());
      case Outcome.Failed<T> failed ->
          services.audit(type, "failed: " + failed.message() + ", by " + call.requester().name());
    }
    return outcome;
  }
}
