package orchestrator.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import orchestrator.core.analysis.ClusterInfo;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * Finds what a request means. Reads may guess: the only known server of that port whose name
 * contains the given text. Whatever changes something must be exact; the error then says what may
 * have been meant.
 */
record Lookup(Picture picture) {

  /**
   * A pair of path segments as a key; not looked up.
   *
   * @throws ApiException when host or port are malformed
   */
  static InstanceKey parse(String host, String port) {
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535 || port.matches("0+")) {
      throw ApiException.badRequest("Invalid port: " + port);
    }
    String name = host.trim();
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    boolean isAddress = name.indexOf(':') >= 0 && name.matches("[0-9a-fA-F:.]+");
    boolean isName = name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}") && !name.equals("_");
    if (!isAddress && !isName) {
      throw ApiException.badRequest("Invalid host: " + host);
    }
    return new InstanceKey(name, Integer.parseInt(port)).normalized();
  }

  /**
   * One text as a key, of the default port unless it names another; not looked up.
   *
   * @throws ApiException when it is malformed
   */
  InstanceKey parse(String text) {
    return memberKey(text).orElseThrow(() -> ApiException.badRequest("Invalid server: " + text));
  }

  /** A known server with exactly this address, or one that was met by it. */
  Optional<Instance> find(InstanceKey key) {
    return topology().find(key).or(() -> topology().find(picture.state().knownAs(key)));
  }

  /** A server for a change: exactly the one that was named. */
  Instance exact(InstanceKey key) {
    return find(key).orElseThrow(() -> unknown(key));
  }

  /** As {@link #exact}, of a server that is known at least by name. */
  InstanceKey exactKey(InstanceKey key) {
    Optional<InstanceKey> seen = find(key).map(Instance::key);
    if (seen.isEmpty() && !picture.state().known().contains(key)) {
      throw unknown(key);
    }
    return seen.orElse(key);
  }

  /**
   * A server of which something is to be taken back, which is fine where nothing was said: but it
   * must be clear which server was meant.
   *
   * @param said what there is to be taken back, by server
   */
  InstanceKey exactKey(InstanceKey key, Map<InstanceKey, ?> said) {
    return said.containsKey(key) ? key : exactKey(key);
  }

  /** A server for a read. */
  Instance similar(InstanceKey key) {
    return find(key).or(() -> guess(key)).orElseThrow(() -> unknown(key));
  }

  /** The key of {@link #similar}, or the given one when nothing is known of it. */
  InstanceKey similarKey(InstanceKey key) {
    return find(key).or(() -> guess(key)).map(Instance::key).orElse(key);
  }

  /** A cluster for a change: by name, alias, or one of its members, all exact. */
  String exactCluster(String hint) {
    return clusterByName(hint)
        .or(() -> memberKey(hint).flatMap(this::find).flatMap(i -> nameOf(i.key())))
        .orElseThrow(() -> unknownCluster(hint));
  }

  /** A cluster for a read: as {@link #exactCluster}, else by something like a member. */
  String similarCluster(String hint) {
    return clusterByName(hint)
        .or(() -> memberKey(hint).map(this::similarKey).flatMap(this::nameOf))
        .orElseThrow(() -> unknownCluster(hint));
  }

  /** A cluster by its alias or name, of today or before a failover, and by nothing else. */
  Optional<String> clusterByName(String hint) {
    if (topology().clusterNames().contains(hint)) {
      return Optional.of(hint);
    }
    return picture.clusters().stream()
        .filter(info -> info.alias().equals(hint))
        .map(ClusterInfo::name)
        .findFirst()
        .or(() -> clusterByFormerName(hint));
  }

  /** The cluster that had this name before a failover. */
  private Optional<String> clusterByFormerName(String hint) {
    return Optional.of(picture.state().currentClusterName(hint))
        .filter(name -> topology().clusterNames().contains(name));
  }

  Optional<String> nameOf(InstanceKey key) {
    return topology().clusterNameOf(key);
  }

  private Optional<InstanceKey> memberKey(String hint) {
    try {
      return Optional.of(InstanceKey.parse(hint, picture.settings().defaultPort()).normalized());
    } catch (IllegalArgumentException notAKey) {
      return Optional.empty();
    }
  }

  private Optional<Instance> guess(InstanceKey key) {
    List<Instance> found = candidates(key).limit(2).toList();
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  private Stream<Instance> candidates(InstanceKey key) {
    if (key.hostname().matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      return Stream.empty();
    }
    String text = key.hostname().toLowerCase(Locale.ROOT);
    return topology().instances().stream()
        .filter(i -> i.key().port() == key.port())
        .filter(i -> i.key().hostname().toLowerCase(Locale.ROOT).contains(text));
  }

  private ApiException unknown(InstanceKey key) {
    String hint =
        candidates(key)
            .findFirst()
            .map(i -> ". Did you mean " + i.key().displayString() + "?")
            .orElse("");
    return ApiException.notFound("Cannot read instance: " + key.displayString() + hint);
  }

  private static ApiException unknownCluster(String hint) {
    return ApiException.notFound("Unable to determine cluster name from: " + hint);
  }

  private Topology topology() {
    return picture.topology();
  }
}
