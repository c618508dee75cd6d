package orchestrator.core.recovery;

import java.util.Optional;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.OracleGtidSet;

/**
 * What is done for the data rather than for the service.
 *
 * @param reattachReturned {@code ReattachReturnedMasters}: whether an old master that comes back,
 *     and has nothing that its successor lacks, is made a replica without being asked for
 * @param durability {@code RefuseLossClusterFilters}, {@code AskBeforeLossClusterFilters}
 * @param goOnUnfenced {@code FencingFailurePolicy}: whether a server is promoted although a fencing
 *     process failed
 * @param endClients {@code EndClientConnections}: whether the connections of clients to an old
 *     master are ended once it was set read-only
 * @param acceptedLoss what a person has accepted to lose with this failure
 */
public record SafetyPolicy(
    boolean reattachReturned,
    DurabilityRule durability,
    boolean goOnUnfenced,
    boolean endClients,
    Optional<GtidDifference> acceptedLoss) {
  public static final SafetyPolicy DEFAULT =
      new SafetyPolicy(
          false, (name, alias) -> Durability.ALLOW_LOSS, false, true, Optional.empty());

  /** What an automatic failover does when it is known to lose transactions. */
  public enum Durability {
    ALLOW_LOSS,
    /** It ends before anything is promoted. */
    REFUSE_LOSS,
    /** The same, and once a person has acknowledged that, the next one goes on. */
    ASK
  }

  /** Which holds for a cluster. */
  @FunctionalInterface
  public interface DurabilityRule {
    /**
     * @param clusterAlias empty when it has none
     */
    Durability of(String clusterName, String clusterAlias);
  }

  public SafetyPolicy withReattaching() {
    return new SafetyPolicy(true, durability, goOnUnfenced, endClients, acceptedLoss);
  }

  /** The same for all clusters. */
  public SafetyPolicy with(Durability everywhere) {
    return new SafetyPolicy(
        reattachReturned, (name, alias) -> everywhere, goOnUnfenced, endClients, acceptedLoss);
  }

  public SafetyPolicy accepting(Optional<GtidDifference> loss) {
    return new SafetyPolicy(reattachReturned, durability, goOnUnfenced, endClients, loss);
  }

  public SafetyPolicy goingOnUnfenced() {
    return new SafetyPolicy(reattachReturned, durability, true, endClients, acceptedLoss);
  }

  public SafetyPolicy leavingClients() {
    return new SafetyPolicy(reattachReturned, durability, goOnUnfenced, false, acceptedLoss);
  }

  /** Whether a person has accepted to lose this, or more. */
  boolean isAccepted(GtidDifference loss) {
    return acceptedLoss
        .filter(accepted ->
            accepted.equals(loss)
                || (accepted instanceof OracleGtidSet all
                    && loss instanceof OracleGtidSet part
                    && all.covers(part)))
        .isPresent();
  }
}
