package orchestrator.core.testing;

import java.time.Duration;
import java.util.function.Predicate;
import orchestrator.core.recovery.RecoveryPolicy.Promotion;
import orchestrator.core.topology.InstanceKey;

/** What a test wants otherwise than {@link Promotion#DEFAULT}. */
public final class PromotionBuilder {
  private boolean preventCrossDataCenter;
  private boolean preventCrossRegion;
  private Duration failOnLag = Duration.ZERO;
  private boolean failIfNotUpToDate;
  private boolean delayIfNotUpToDate;
  private boolean apply = true;
  private boolean detachPromoted;
  private boolean useSuperReadOnly;
  private Predicate<InstanceKey> ignored = key -> false;
  private boolean onlyOtherCoMaster = true;

  public PromotionBuilder preventCrossDataCenter(boolean value) {
    preventCrossDataCenter = value;
    return this;
  }

  public PromotionBuilder preventCrossRegion(boolean value) {
    preventCrossRegion = value;
    return this;
  }

  public PromotionBuilder failOnLag(Duration value) {
    failOnLag = value;
    return this;
  }

  public PromotionBuilder failIfNotUpToDate(boolean value) {
    failIfNotUpToDate = value;
    return this;
  }

  public PromotionBuilder delayIfNotUpToDate(boolean value) {
    delayIfNotUpToDate = value;
    return this;
  }

  public PromotionBuilder apply(boolean value) {
    apply = value;
    return this;
  }

  public PromotionBuilder detachPromoted(boolean value) {
    detachPromoted = value;
    return this;
  }

  public PromotionBuilder useSuperReadOnly(boolean value) {
    useSuperReadOnly = value;
    return this;
  }

  public PromotionBuilder ignored(Predicate<InstanceKey> value) {
    ignored = value;
    return this;
  }

  public PromotionBuilder onlyOtherCoMaster(boolean value) {
    onlyOtherCoMaster = value;
    return this;
  }

  public Promotion build() {
    return new Promotion(
        preventCrossDataCenter,
        preventCrossRegion,
        failOnLag,
        failIfNotUpToDate,
        delayIfNotUpToDate,
        apply,
        detachPromoted,
        useSuperReadOnly,
        ignored,
        onlyOtherCoMaster);
  }
}
