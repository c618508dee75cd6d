package orchestrator.server.http;

import java.util.List;
import java.util.function.Predicate;
import orchestrator.core.analysis.Diagnosis;
import orchestrator.core.topology.InstanceKey;

/** What is wrong now. */
final class AnalysisEndpoints {
  private final ViewSettings settings;

  AnalysisEndpoints(ViewSettings settings) {
    this.settings = settings;
  }

  void register(RouteTable routes) {
    routes.read("replication-analysis", call -> diagnoses(call, diagnosis -> true));
    routes.read("replication-analysis/:clusterName", this::ofCluster);
    routes.read("replication-analysis/instance/:host/:port", this::ofServer);
    routes.read("automated-recovery-filters", call -> filters());
  }

  private Answer ofCluster(Call call) {
    String hint = call.argument("clusterName");
    String name = call.lookup().clusterByName(hint).orElse(hint);
    return diagnoses(call, diagnosis -> diagnosis.cluster().name().equals(name));
  }

  private Answer ofServer(Call call) {
    InstanceKey key = call.lookup().similarKey(call.key());
    return diagnoses(call, diagnosis -> diagnosis.key().equals(key));
  }

  private static Answer diagnoses(Call call, Predicate<Diagnosis> wanted) {
    List<Diagnosis> found = call.picture().world().diagnoses().stream().filter(wanted).toList();
    AnalysisView view = new AnalysisView(call.picture().world().node());
    return Answer.done("Analysis", Body.list(found, view::of));
  }

  private Answer filters() {
    ViewSettings.RecoveryFilters filters = settings.filters();
    return Answer.done(
        "Automated recovery configuration details",
        out -> {
          out.startObject();
          out.texts("RecoverIntermediateMasterClusterFilters", filters.intermediateMaster());
          out.texts("RecoverMasterClusterFilters", filters.master());
          out.texts("RecoveryIgnoreHostnameFilters", filters.ignoredHosts());
          out.endObject();
        });
  }
}
