package orchestrator.server.app;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/** Commands that look. */
final class InformationCommands {
  private static final String SERVER = "-i HOST:PORT";
  private static final String CLUSTER = "[-alias NAME | -i HOST:PORT]";
  private static final int STOPPED = 0;

  private InformationCommands() {}

  static void addTo(CommandTable table) {
    table
        .section("Information")
        .add("find", "--pattern REGEXP", "servers whose host:port matches", c -> find(c))
        .add(
            "search",
            "--pattern TEXT",
            "servers that contain a text in name, version or cluster",
            c -> c.printServers(c.get("search", c.pattern())))
        .add("clusters", "", "names of the clusters", c -> clusters(c))
        .add("clusters-alias", "", "names and aliases of the clusters", c -> aliases(c))
        .add(
            "all-clusters-masters",
            "",
            "the writable master of each cluster",
            c -> c.printServers(c.get("masters")))
        .add("all-instances", "", "all servers", c -> c.printServers(c.get("all-instances")))
        .add("bulk-instances", "", "all servers, sorted", c -> sorted(c));
    trees(table);
    servers(table);
    clusters(table);
  }

  private static void trees(CommandTable table) {
    for (String form : List.of("topology", "topology-tabulated", "topology-tags")) {
      table.addLive(form, CLUSTER, "a cluster as a tree", c -> tree(c, form));
    }
    table.addLive(
        "instance-status", SERVER, "a server in brackets, as topology shows it", c -> status(c));
  }

  private static void servers(CommandTable table) {
    table
        .add(
            "which-instance",
            SERVER,
            "the full name of a server",
            c -> c.printKey(c.ofServer("instance").path("Key")))
        .add(
            "which-master",
            SERVER,
            "what a server replicates from",
            c -> c.printKey(c.ofServer("instance").path("MasterKey")))
        .add(
            "which-replicas",
            SERVER,
            "what replicates from a server",
            c -> c.printServers(c.ofServer("instance-replicas")))
        .addLive(
            "is-replicating",
            SERVER,
            "prints the server if both threads run",
            c -> keyIf(c, replicates(c.ofServer("instance"))))
        .addLive(
            "is-replication-stopped",
            SERVER,
            "prints the server if both threads are stopped",
            c -> keyIf(c, isStopped(c.ofServer("instance"))))
        .addLive(
            "which-gtid-errant",
            SERVER,
            "errant transactions of a server",
            c -> c.print(c.ofServer("instance").path("GtidErrant").asString("")))
        .add(
            "which-downtimed-instances",
            CLUSTER,
            "servers in downtime",
            c ->
                c.printServers(
                    c.namesCluster() ? c.get("downtimed", c.cluster()) : c.get("downtimed")))
        .add("which-lost-in-recovery", "", "servers that were lost in recoveries", c -> lost(c));
  }

  private static void clusters(CommandTable table) {
    table
        .add("which-cluster", CLUSTER, "the name of a cluster", c -> info(c, "ClusterName"))
        .add("which-cluster-alias", CLUSTER, "the alias of a cluster", c -> info(c, "ClusterAlias"))
        .add(
            "which-cluster-domain",
            CLUSTER,
            "the domain of a cluster",
            c -> info(c, "ClusterDomain"))
        .add(
            "which-cluster-master",
            CLUSTER,
            "the master of a cluster",
            c -> c.printKey(c.get("master", c.cluster()).path("Key")))
        .add(
            "which-cluster-instances",
            CLUSTER,
            "the servers of a cluster",
            c -> c.printServers(c.get("cluster", c.cluster())))
        .add(
            "which-cluster-osc-replicas",
            CLUSTER,
            "replicas to watch while the schema is changed",
            c -> c.printServers(c.get("cluster-osc-replicas", c.cluster())));
  }

  private static void find(CommandCall call) throws CommandException {
    Pattern pattern;
    try {
      pattern = Pattern.compile(call.pattern());
    } catch (PatternSyntaxException e) {
      throw new CommandException("Invalid --pattern: " + e.getMessage());
    }
    for (JsonNode server : call.get("all-instances")) {
      String text = CommandCall.text(server.path("Key"));
      if (pattern.matcher(text).find()) {
        call.print(text);
      }
    }
  }

  private static void clusters(CommandCall call) throws CommandException {
    List<String> names = new ArrayList<>();
    call.get("clusters").forEach(name -> names.add(name.asString("")));
    call.print(String.join(System.lineSeparator(), names));
  }

  private static void aliases(CommandCall call) throws CommandException {
    for (JsonNode cluster : call.get("clusters-info")) {
      call.print(
          cluster.path("ClusterName").asString("")
              + "\t"
              + cluster.path("ClusterAlias").asString(""));
    }
  }

  private static void sorted(CommandCall call) throws CommandException {
    List<String> texts = new ArrayList<>();
    call.get("bulk-instances").forEach(key -> texts.add(CommandCall.text(key)));
    texts.stream().sorted().forEach(call::print);
  }

  private static void tree(CommandCall call, String form) throws CommandException {
    if (call.arguments().pattern.isPresent()) {
      throw new CommandException("Topologies of the past (--pattern) are not supported yet");
    }
    call.print(call.get(form, call.cluster()).asString(""));
  }

  private static void status(CommandCall call) throws CommandException {
    String key = CommandCall.text(call.ofServer("instance").path("Key"));
    for (String line : call.ofServer("topology").asString("").split("\n", -1)) {
      int bracket = line.lastIndexOf(" [");
      if (bracket >= 0 && List.of(line.substring(0, bracket).split("\\s+")).contains(key)) {
        call.print(line.substring(bracket + 1));
        return;
      }
    }
    throw new CommandException("Not in its own cluster: " + key);
  }

  private static boolean replicates(JsonNode server) {
    return server.path("ReplicationSQLThreadRuning").asBoolean(false)
        && server.path("ReplicationIOThreadRuning").asBoolean(false);
  }

  private static boolean isStopped(JsonNode server) {
    return server.path("ReplicationSQLThreadState").asInt(-1) == STOPPED
        && server.path("ReplicationIOThreadState").asInt(-1) == STOPPED;
  }

  private static void keyIf(CommandCall call, boolean holds) throws CommandException {
    if (holds) {
      call.printKey(call.ofServer("instance").path("Key"));
    }
  }

  private static void lost(CommandCall call) throws CommandException {
    for (JsonNode server : call.get("downtimed")) {
      if (server.path("DowntimeReason").asString("").equals("lost-in-recovery")) {
        call.printKey(server.path("Key"));
      }
    }
  }

  private static void info(CommandCall call, String field) throws CommandException {
    call.print(call.get("cluster-info", call.cluster()).path(field).asString(""));
  }
}
