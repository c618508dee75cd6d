package orchestrator.server.app;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Commands about pools of servers. */
final class PoolCommands {
  private static final String HEURISTIC = "heuristic-cluster-pool-instances";

  private PoolCommands() {}

  static void addTo(CommandTable table) {
    table
        .section("Pools")
        .addChangeOfList(
            "submit-pool-instances",
            "--pool NAME -i HOST:PORT[,…]",
            "set the servers of a pool; none empty it",
            PoolCommands::submit)
        .add("cluster-pool-instances", "", "all pools with their servers", PoolCommands::list)
        .add(
            "which-" + HEURISTIC,
            "-alias CLUSTER [--pool NAME]",
            "servers of a cluster's pools that answer",
            PoolCommands::usable);
  }

  private static void submit(CommandCall call) throws CommandException {
    String servers = ApiClient.encode(call.instance().orElse(""));
    call.session()
        .api()
        .details(ApiClient.path("submit-pool-instances", call.pool()) + "?instances=" + servers);
  }

  private static void list(CommandCall call) throws CommandException {
    for (JsonNode cluster : call.get("clusters-info")) {
      String name = cluster.path("ClusterName").asString("");
      String head = name + "\t" + cluster.path("ClusterAlias").asString("") + "\t";
      for (Map.Entry<String, JsonNode> pool :
          call.get("cluster-pool-instances", name).properties()) {
        pool.getValue()
            .forEach(key -> call.print(head + pool.getKey() + "\t" + CommandCall.text(key)));
      }
    }
  }

  private static void usable(CommandCall call) throws CommandException {
    call.printServers(
        call.arguments().pool.isPresent()
            ? call.get(HEURISTIC, call.cluster(), call.pool())
            : call.get(HEURISTIC, call.cluster()));
  }
}
