package orchestrator.server.http;

import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import orchestrator.server.engine.GroupStatus;
import orchestrator.server.http.RouteTable.Place;

/** Where a request is answered. */
sealed interface Direction {
  /** By this node. */
  record Here() implements Direction {}

  /** By the leader, whose service has this base URL. */
  record Forward(URI leader) implements Direction {}

  /**
   * By nobody at present.
   *
   * @param reason for people
   */
  record Nowhere(String reason) implements Direction {}

  /**
   * Never waits. A request that another node has forwarded is not forwarded again: while two nodes
   * take each other for the leader it would never arrive.
   *
   * @param forwardedBy the node that has forwarded the request to this one
   */
  static Direction of(Place place, GroupStatus status, Optional<String> forwardedBy, Instant now) {
    if (place == Place.HERE || status.ready()) {
      return new Here();
    }
    boolean otherLeads = status.leader().filter(name -> !name.equals(status.node())).isPresent();
    if (otherLeads && status.leaderUri().isPresent() && forwardedBy.isEmpty()) {
      return new Forward(status.leaderUri().get());
    }
    if (place == Place.LEADER_IF_ANY) {
      return new Here();
    }
    String reason =
        forwardedBy
            .map(by -> by + " takes this node for the leader, which it is not")
            .orElseGet(() -> whyNobody(status, now));
    return new Nowhere(reason + ". " + self(status) + ". Try again in a moment");
  }

  private static String whyNobody(GroupStatus status, Instant now) {
    if (status.isLeader()) {
      return "The leader may not act: it has just been elected, or does not hear a quorum"
          + since(status, now);
    }
    return status
        .leader()
        .map(leader -> "The leader, " + leader + ", has not told yet where it serves")
        .orElseGet(() -> "There is no leader" + since(status, now));
  }

  private static String since(GroupStatus status, Instant now) {
    Optional<Instant> since =
        status
            .unhealthy()
            .map(GroupStatus.Unhealthy::since)
            .or(() -> status.sinceQuorum().map(now::minus));
    String reason = status.unhealthy().map(u -> " (" + u.reason() + ")").orElse("");
    return since.map(at -> " since " + at.truncatedTo(ChronoUnit.SECONDS)).orElse("") + reason;
  }

  private static String self(GroupStatus status) {
    return "This node, "
        + status.node()
        + ", is a "
        + status.role().displayName().toLowerCase(Locale.ROOT)
        + " in term "
        + status.term();
  }
}
