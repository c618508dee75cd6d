package orchestrator.core.analysis.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Topology;

/**
 * A cluster as a tree of lines, one for each server, without a line break at the end; empty for a
 * cluster that does not exist.
 *
 * <p>Widths are counted in bytes of UTF-8, as they always were: scripts cut by column.
 */
public final class TopologyText {
  private final Topology topology;
  private final ReplicatedState state;
  private final AnalysisPolicy policy;
  private final Instant now;

  public TopologyText(
      Topology topology, ReplicatedState state, AnalysisPolicy policy, Instant now) {
    this.topology = topology;
    this.state = state;
    this.policy = policy;
    this.now = now;
  }

  /** A server in the tree: its name after the marks that show its depth. */
  private record Line(String name, Instance instance) {}

  /** {@code + host:port (alias) [0s,ok,…]}, the brackets in one column. */
  public String plain(String clusterName) {
    return bracketed(clusterName, false);
  }

  /** Like {@link #plain}, followed by the server's tags: {@code [name,other=value]}. */
  public String withTags(String clusterName) {
    return bracketed(clusterName, true);
  }

  private String bracketed(String clusterName, boolean withTags) {
    List<Line> lines = linesOf(clusterName);
    int width = lines.stream().mapToInt(line -> width(line.name)).max().orElse(0);
    return lines.stream()
        .map(line ->
            padRight(line.name, width)
                + " "
                + describe(line.instance).bracketed()
                + (withTags ? " " + tagsOf(line.instance) : ""))
        .collect(Collectors.joining("\n"));
  }

  /** Columns with {@code |} between them, all padded; the second is right-aligned. */
  public String tabulated(String clusterName) {
    List<List<String>> rows = new ArrayList<>();
    for (Line line : linesOf(clusterName)) {
      List<String> row = new ArrayList<>(List.of(line.name));
      row.addAll(describe(line.instance).cells());
      rows.add(row);
    }
    if (rows.isEmpty()) {
      return "";
    }
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    return rows.stream().map(row -> tabulate(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String tabulate(List<String> row, int[] widths) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      cells.add(i == 1 ? padLeft(cell, widths[i]) : padRight(cell, widths[i]));
    }
    return String.join("|", cells);
  }

  private InstanceDescription describe(Instance instance) {
    return InstanceDescription.of(instance, topology, state, policy, now);
  }

  private String tagsOf(Instance instance) {
    Map<String, String> tags = new TreeMap<>(state.tags().getOrDefault(instance.key(), Map.of()));
    return tags.entrySet().stream()
        .map(tag -> tag.getValue().isEmpty() ? tag.getKey() : tag.getKey() + "=" + tag.getValue())
        .collect(Collectors.joining(",", "[", "]"));
  }

  private List<Line> linesOf(String clusterName) {
    return new Tree(topology.cluster(clusterName)).lines();
  }

  /** Walks a cluster from its roots down. */
  private final class Tree {
    private final List<Instance> members;
    private final Map<InstanceKey, List<Instance>> below = new HashMap<>();
    private final Set<InstanceKey> drawn = new HashSet<>();
    private final List<Line> lines = new ArrayList<>();

    Tree(List<Instance> members) {
      this.members = members;
      for (Instance member : members) {
        topology
            .sourceOf(member)
            .ifPresent(source ->
                below.computeIfAbsent(source.key(), key -> new ArrayList<>()).add(member));
      }
    }

    List<Line> lines() {
      for (Instance member : members) {
        if (topology.sourceOf(member).isEmpty()) {
          draw(member, 0);
        }
      }
      // Without a root servers replicate in a ring: each co-master is a branch of its own.
      for (Instance member : members) {
        if (isCoMaster(member)) {
          draw(member, 1);
        }
      }
      for (Instance member : members) {
        draw(member, 1);
      }
      return lines;
    }

    private void draw(Instance instance, int depth) {
      boolean belongsElsewhere = depth > 1 && isCoMaster(instance);
      if (belongsElsewhere || !drawn.add(instance.key())) {
        return;
      }
      lines.add(new Line(prefix(instance, depth) + nameOf(instance), instance));
      for (Instance replica : below.getOrDefault(instance.key(), List.of())) {
        draw(replica, depth + 1);
      }
    }

    private boolean isCoMaster(Instance instance) {
      return topology.placeOf(instance.key()).coMaster();
    }
  }

  private String prefix(Instance instance, int depth) {
    return depth == 0 ? "" : " ".repeat(2 * (depth - 1)) + mark(instance) + " ";
  }

  private String mark(Instance instance) {
    if (instance.isGroupSecondary()) {
      return "‡";
    }
    boolean well =
        instance.isReplicating()
            && instance.isLastCheckValid()
            && instance.freshness().isCheckedWithin(policy.recentlyChecked(), now);
    return well ? "+" : "-";
  }

  private static String nameOf(Instance instance) {
    String alias = instance.classification().instanceAlias();
    String key = instance.key().displayString();
    return alias.isEmpty() ? key : key + " (" + alias + ")";
  }

  private static int width(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static String padRight(String text, int width) {
    return text + " ".repeat(width - width(text));
  }

  private static String padLeft(String text, int width) {
    return " ".repeat(width - width(text)) + text;
  }
}
