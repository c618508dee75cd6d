package orchestrator.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orchestrator.core.topology.Instance;

/**
 * The replicas that a tool for online schema changes should watch for lag: few, and those that
 * matter most, in every data centre.
 */
final class ControlReplicas {
  private static final int PER_GROUP = 2;

  private ControlReplicas() {}

  /**
   * Up to two of the busiest at depth 1 of each data centre, up to two of the busiest below each of
   * those, and up to two of the busiest at depth 3 of each data centre.
   */
  static List<Instance> of(Picture picture, String cluster) {
    List<Instance> fit =
        picture.topology().cluster(cluster).stream()
            .filter(i -> i.isLastCheckValid() && !i.isBinlogServer())
            .filter(i -> !picture.settings().isUnfitForSchemaChange().test(i.key()))
            .toList();
    List<Instance> chosen =
        new ArrayList<>(busiestPerDataCenter(picture, atDepth(picture, fit, 1)));
    for (Instance source : List.copyOf(chosen)) {
      chosen.addAll(
          busiest(
              picture,
              fit.stream().filter(i -> i.sourceKey().filter(source.key()::equals).isPresent())));
    }
    chosen.addAll(busiestPerDataCenter(picture, atDepth(picture, fit, 3)));
    return chosen.stream().distinct().toList();
  }

  private static Stream<Instance> atDepth(Picture picture, List<Instance> from, int depth) {
    return from.stream().filter(i -> picture.topology().placeOf(i.key()).depth() == depth);
  }

  private static List<Instance> busiestPerDataCenter(Picture picture, Stream<Instance> from) {
    Map<String, List<Instance>> byDataCenter = new LinkedHashMap<>();
    from.forEach(i ->
        byDataCenter
            .computeIfAbsent(i.classification().dataCenter(), dc -> new ArrayList<>())
            .add(i));
    return byDataCenter.values().stream()
        .flatMap(group -> busiest(picture, group.stream()).stream())
        .toList();
  }

  private static List<Instance> busiest(Picture picture, Stream<Instance> from) {
    Comparator<Instance> byReplicas =
        Comparator.comparingInt(i -> -picture.topology().replicasOf(i.key()).size());
    return from.sorted(byReplicas.thenComparing(Instance::key)).limit(PER_GROUP).toList();
  }
}
