package orchestrator.server.http;

import orchestrator.core.analysis.ClusterInfo;

/** A cluster as the API shows it. */
final class ClusterView {
  private ClusterView() {}

  static Body of(ClusterInfo cluster) {
    return out -> {
      out.startObject();
      out.field("ClusterName", cluster.name());
      out.field("ClusterAlias", cluster.alias());
      out.field("ClusterDomain", cluster.domain());
      out.field("CountInstances", cluster.countInstances());
      out.field("HeuristicLag", 0);
      out.field("HasAutomatedMasterRecovery", cluster.hasAutomatedMasterRecovery());
      out.field(
          "HasAutomatedIntermediateMasterRecovery",
          cluster.hasAutomatedIntermediateMasterRecovery());
      out.endObject();
    };
  }
}
