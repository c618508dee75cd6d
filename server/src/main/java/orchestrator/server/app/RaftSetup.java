package orchestrator.server.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.HostPort;
import orchestrator.server.config.ListenAddress;
import orchestrator.server.config.RaftConfiguration;
import orchestrator.server.config.RaftNode;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.raft.RaftSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out from the configuration which node this is, and tells mistakes before they hurt. */
final class RaftSetup {
  private static final Logger log = LoggerFactory.getLogger(RaftSetup.class);

  private final Configuration configuration;
  private final RaftConfiguration raft;

  private RaftSetup(Configuration configuration) {
    this.configuration = configuration;
    this.raft = configuration.raft();
  }

  /**
   * @throws IOException when the keys contradict each other; says what to do
   */
  static RaftSettings of(Configuration configuration, Version version) throws IOException {
    return new RaftSetup(configuration).settings(version);
  }

  private RaftSettings settings(Version version) throws IOException {
    HostPort bind = raft.bind().orElseThrow();
    List<Peer> voters = raft.nodes().stream().map(this::peer).distinct().toList();
    refuseDoubles(voters);
    Peer self = self(voters);
    refuseUnusable(Stream.concat(voters.stream(), Stream.of(self)).toList());
    if (voters.size() <= 1 && !raft.join()) {
      voters = List.of(self);
    }
    warnOfEvenNumber(voters);
    return new RaftSettings(
        raft.clusterName(),
        self,
        voters,
        raft.join(),
        raft.dataDirectory().orElseThrow(),
        bind.host(),
        bind.portOr(raft.defaultPort()),
        raft.defaultPort(),
        new RaftSettings.Timing(raft.electionTimeoutMin(), raft.electionTimeoutMax()),
        raft.nodeDataCenter(),
        httpUri(self).toString(),
        version.number(),
        tls());
  }

  private Peer peer(RaftNode node) {
    String address = address(node.address());
    return new Peer(node.name().orElse(address), address);
  }

  private String address(HostPort host) {
    String lower = host.host().toLowerCase(Locale.ROOT);
    String bracketed = lower.indexOf(':') < 0 ? lower : "[" + lower + "]";
    return bracketed + ":" + host.portOr(raft.defaultPort());
  }

  private static void refuseDoubles(List<Peer> voters) throws IOException {
    Set<String> names = voters.stream().map(Peer::name).collect(Collectors.toSet());
    Set<String> addresses = voters.stream().map(Peer::address).collect(Collectors.toSet());
    if (names.size() < voters.size() || addresses.size() < voters.size()) {
      throw new IOException("RaftNodes names a node twice: " + voters);
    }
  }

  private static void refuseUnusable(List<Peer> peers) throws IOException {
    List<String> unusable =
        peers.stream()
            .map(Peer::address)
            .filter(a -> !RaftSettings.isUsable(a))
            .distinct()
            .toList();
    if (!unusable.isEmpty()) {
      throw new IOException(
          "RaftNodes or RaftAdvertise has what is no host name, though it may resolve: %s. Letters a to z, digits, '-' and '.' are; use another name of that host, or its IP address"
              .formatted(unusable));
    }
  }

  /** By its name, else by its address as written, else by what the addresses resolve to. */
  private Peer self(List<Peer> voters) throws IOException {
    HostPort advertised = raft.advertise().orElseThrow();
    String own = address(advertised);
    String name = raft.nodeName();
    if (raft.join()) {
      refuseNowhere(advertised);
    }
    if (raft.join() || voters.isEmpty()) {
      return new Peer(name.isEmpty() ? own : name, own);
    }
    if (!name.isEmpty()) {
      return voters.stream()
          .filter(peer -> peer.name().equals(name))
          .findAny()
          .orElseThrow(() ->
              new IOException(
                  "RaftNodeName is '%s', and RaftNodes has only %s"
                      .formatted(name, voters.stream().map(Peer::name).toList())));
    }
    Optional<Peer> written = voters.stream().filter(peer -> peer.address().equals(own)).findAny();
    return written.isPresent() ? written.get() : resolved(voters, advertised);
  }

  private static void refuseNowhere(HostPort advertised) throws IOException {
    if (Set.of("0.0.0.0", "::").contains(advertised.host())) {
      throw new IOException(
          "RaftAdvertise (by default RaftBind) is %s, where nobody finds this node: set RaftAdvertise"
                  .formatted(advertised)
              + " to the address by which it is added to the group");
    }
  }

  private Peer resolved(List<Peer> voters, HostPort advertised) throws IOException {
    Set<InetAddress> own = lookUp(advertised.host());
    int ownPort = advertised.portOr(raft.defaultPort());
    List<Peer> same =
        raft.nodes().stream()
            .filter(node -> node.address().portOr(raft.defaultPort()) == ownPort)
            .filter(node -> lookUp(node.address().host()).stream().anyMatch(own::contains))
            .map(this::peer)
            .toList();
    if (same.size() == 1) {
      return same.getFirst();
    }
    throw new IOException(
        "RaftNodes must name this node, and does not: RaftAdvertise (by default RaftBind) is %s,"
                .formatted(address(advertised))
            + " RaftNodes is %s. Add it there on all nodes, or set RaftNodeName; to join a running"
                .formatted(voters.stream().map(Peer::name).toList())
            + " group set RaftJoin");
  }

  /** A name that does not resolve is nobody's: it must not keep this node from starting. */
  private static Set<InetAddress> lookUp(String host) {
    try {
      return new LinkedHashSet<>(Arrays.asList(InetAddress.getAllByName(host)));
    } catch (UnknownHostException e) {
      log.warn("{} does not resolve now; it is looked up again when it is contacted", host);
      return Set.of();
    }
  }

  private static void warnOfEvenNumber(List<Peer> voters) {
    int count = voters.size();
    // A node that joins has no list.
    if (count > 0 && count % 2 == 0) {
      log.warn(
          "RaftNodes has {} nodes: {} of them must be alive, so it bears {}. Use 3, 5 or 7",
          count,
          count / 2 + 1,
          count == 2
              ? "no failure at all"
              : "no more failures than " + (count - 1) + " nodes would");
    }
  }

  /** {@code HTTPAdvertise}, or made of what raft and HTTP listen on. */
  private URI httpUri(Peer self) {
    return raft.httpAdvertise()
        .orElseGet(() -> {
          ListenAddress listen = configuration.http().listenAddress();
          String scheme = configuration.httpTls().enabled() ? "https" : "http";
          String host = self.address().substring(0, self.address().lastIndexOf(':'));
          return URI.create("%s://%s:%d".formatted(scheme, host, listen.port()));
        });
  }

  private Optional<RaftSettings.Tls> tls() {
    return raft.useMutualTls()
        ? Optional.of(
            new RaftSettings.Tls(
                raft.tlsCertificateFile().orElseThrow(),
                raft.tlsPrivateKeyFile().orElseThrow(),
                raft.tlsAuthorityFile().orElseThrow()))
        : Optional.empty();
  }
}
