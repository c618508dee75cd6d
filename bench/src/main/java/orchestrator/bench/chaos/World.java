package orchestrator.bench.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orchestrator.sandbox.Account;
import orchestrator.sandbox.Sandbox;
import orchestrator.sandbox.SandboxServer;
import orchestrator.sandbox.SandboxSpec;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.network.Network;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Managers {@code n1…} and servers {@code s1…}, each in a site of its name. */
final class World implements AutoCloseable {
  /** Of the one cluster. */
  static final String ALIAS = "chaos";

  private static final int SERVERS = 4;

  private final Network network;
  private final Sandbox sandbox;
  private final List<ManagerNode> nodes;

  private World(Network network, Sandbox sandbox, List<ManagerNode> nodes) {
    this.network = network;
    this.sandbox = sandbox;
    this.nodes = List.copyOf(nodes);
  }

  /** Starts everything; the managers know of no server yet. */
  static World start(Path folder, int nodeCount, ServerKind kind) {
    List<String> nodeNames = IntStream.rangeClosed(1, nodeCount).mapToObj(i -> "n" + i).toList();
    List<String> serverNames = IntStream.rangeClosed(1, SERVERS).mapToObj(i -> "s" + i).toList();
    Network network =
        Network.of(Stream.concat(nodeNames.stream(), serverNames.stream()).toArray(String[]::new));
    try {
      Sandbox sandbox = Sandbox.start(spec(kind, serverNames, network));
      List<ManagerNode> nodes =
          nodeNames.stream()
              .map(name -> new ManagerNode(name, network.site(name).place(), folder.resolve(name)))
              .toList();
      ObjectNode keys = configuration(nodes);
      nodes.forEach(node -> node.configure(keys));
      nodes.forEach(ManagerNode::start);
      return new World(network, sandbox, nodes);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** The first one is the master. Whoever starts again is read-only, as the documents advise. */
  private static SandboxSpec spec(ServerKind kind, List<String> names, Network network) {
    String master = names.getFirst();
    SandboxSpec spec =
        SandboxSpec.shape(
            kind, names.stream().skip(1).map(name -> master + ">" + name).toArray(String[]::new));
    for (String name : names) {
      spec = spec.place(name, network.site(name).place()).setting(name, "read-only=ON");
    }
    return spec;
  }

  private static ObjectNode configuration(List<ManagerNode> nodes) {
    ObjectNode keys = JsonMapper.shared().createObjectNode();
    keys.put("MySQLTopologyUser", Account.ORCHESTRATOR.user());
    keys.put("MySQLTopologyPassword", Account.ORCHESTRATOR.password());
    keys.put("HostnameResolveMethod", "none");
    keys.put("MySQLHostnameResolveMethod", "none");
    keys.put("DiscoverByShowSlaveHosts", true);
    keys.put("InstancePollSeconds", 1);
    keys.putObject("ClusterNameToAlias").put("10[.]93[.]", ALIAS);
    keys.putArray("RecoverMasterClusterFilters").add("*");
    keys.put("RecoveryPeriodBlockSeconds", 1);
    keys.put("BackendDB", "sqlite");
    keys.put("RaftEnabled", true);
    nodes.stream().map(ManagerNode::raftAddress).forEach(keys.putArray("RaftNodes")::add);
    return keys;
  }

  Network network() {
    return network;
  }

  List<ManagerNode> nodes() {
    return nodes;
  }

  List<SandboxServer> servers() {
    return sandbox.servers();
  }

  /** The master at the beginning. */
  SandboxServer firstMaster() {
    return sandbox.master();
  }

  SandboxServer server(String name) {
    return sandbox.server(name);
  }

  /** By {@code host:port}. */
  Optional<SandboxServer> serverAt(String address) {
    return servers().stream().filter(server -> server.address().equals(address)).findFirst();
  }

  List<Member> members() {
    List<Member> members = new ArrayList<>(nodes);
    servers().forEach(server -> members.add(Member.of(server)));
    return members;
  }

  List<String> names() {
    return members().stream().map(Member::name).toList();
  }

  @Override
  public void close() {
    nodes.forEach(ManagerNode::kill);
    sandbox.close();
    network.close();
  }
}
