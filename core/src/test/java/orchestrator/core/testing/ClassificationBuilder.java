package orchestrator.core.testing;

import java.util.Optional;
import orchestrator.core.topology.Classification;
import orchestrator.core.topology.PromotionRule;

/** The fields of a classification, one by one. */
final class ClassificationBuilder {
  String dataCenter = "";
  String region = "";
  String physicalEnvironment = "";
  String instanceAlias = "";
  String clusterAlias = "";
  String clusterDomain = "";
  Optional<PromotionRule> promotionRule = Optional.empty();
  boolean pseudoGtid;

  static ClassificationBuilder of(Classification from) {
    ClassificationBuilder builder = new ClassificationBuilder();
    builder.dataCenter = from.dataCenter();
    builder.region = from.region();
    builder.physicalEnvironment = from.physicalEnvironment();
    builder.instanceAlias = from.instanceAlias();
    builder.clusterAlias = from.clusterAlias();
    builder.clusterDomain = from.clusterDomain();
    builder.promotionRule = from.promotionRule();
    builder.pseudoGtid = from.pseudoGtid();
    return builder;
  }

  Classification build() {
    return new Classification(
        dataCenter,
        region,
        physicalEnvironment,
        instanceAlias,
        clusterAlias,
        clusterDomain,
        promotionRule,
        pseudoGtid);
  }
}
