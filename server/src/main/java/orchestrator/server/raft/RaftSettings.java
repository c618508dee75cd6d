package orchestrator.server.raft;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import orchestrator.server.engine.GroupStatus.Peer;

/**
 * How a node takes part in a group.
 *
 * @param cluster the group's name: nodes with different names never form a group
 * @param self this node, one of {@code voters} unless it joins
 * @param voters who forms the group when it begins; afterwards the committed configuration wins
 * @param join whether this node waits to be added to a group, in place of forming one
 * @param directory of the log and the snapshots
 * @param bindHost where to listen; empty for all addresses
 * @param bindPort 1 to 65535
 * @param defaultPort of members that are named without one
 * @param httpUri base URL of this node's HTTP service, told to the others
 * @param tls empty to talk in the clear
 */
public record RaftSettings(
    String cluster,
    Peer self,
    List<Peer> voters,
    boolean join,
    Path directory,
    String bindHost,
    int bindPort,
    int defaultPort,
    Timing timing,
    String dataCenter,
    String httpUri,
    String version,
    Optional<Tls> tls) {

  public RaftSettings {
    voters = List.copyOf(voters);
    if (!join && !voters.contains(self)) {
      throw new IllegalArgumentException(self + " is not one of " + voters);
    }
  }

  /**
   * Whether the host of an address is a name by the rules of URLs, or an IP address. Others, such
   * as those with an underscore, neither gRPC nor HTTP looks up.
   *
   * @param address {@code host:port}
   */
  public static boolean isUsable(String address) {
    try {
      return new URI("//" + address).getHost() != null;
    } catch (URISyntaxException _) {
      return false;
    }
  }

  /** By name. */
  Set<String> otherVoters() {
    return voters.stream()
        .map(Peer::name)
        .filter(name -> !name.equals(self.name()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Bounds of the randomised election timeout.
   *
   * @param min also the longest that a leader is trusted without an answer from the others
   */
  public record Timing(Duration min, Duration max) {
    public Timing {
      if (min.toMillis() < 50 || min.compareTo(max) > 0) {
        throw new IllegalArgumentException(
            "Election timeouts must be at least 50 ms, and min at most max: " + min + ", " + max);
      }
    }

    /**
     * How long after it was sent a leader trusts in a message that a majority accepted. A new one
     * waits for {@code min} before it acts: so two never do at once, as far as the clocks of the
     * nodes run equally fast within 10 %.
     */
    Duration lease() {
      return min.multipliedBy(9).dividedBy(10);
    }
  }

  /** Certificates for mutual TLS, PEM files. */
  public record Tls(Path certificate, Path privateKey, Path authorities) {}
}
