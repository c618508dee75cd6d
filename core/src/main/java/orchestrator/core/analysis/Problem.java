package orchestrator.core.analysis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import orchestrator.core.gtid.ErrantGtid;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ThreadState;

/**
 * What is wrong with a server as seen by itself, whatever its place. Of the first four only the
 * first that applies is listed.
 */
public enum Problem {
  LAST_CHECK_INVALID("last_check_invalid"),
  NOT_RECENTLY_CHECKED("not_recently_checked"),
  NOT_REPLICATING("not_replicating"),
  REPLICATION_LAG("replication_lag"),
  ERRANT_GTID("errant_gtid"),
  GROUP_MEMBER_NOT_ONLINE("group_replication_member_not_online");

  private final String displayName;

  Problem(String displayName) {
    this.displayName = displayName;
  }

  /** The text that the API shows. */
  public String displayName() {
    return displayName;
  }

  /** The problems of a server, in the order in which they are shown. */
  public static List<Problem> of(
      Instance instance, ErrantGtid errant, AnalysisPolicy policy, Instant now) {
    List<Problem> problems = new ArrayList<>();
    if (!instance.isLastCheckValid()) {
      problems.add(LAST_CHECK_INVALID);
    } else if (!instance.freshness().isCheckedWithin(policy.recentlyChecked(), now)) {
      problems.add(NOT_RECENTLY_CHECKED);
    } else if (isNotReplicating(instance)) {
      problems.add(NOT_REPLICATING);
    } else if (isLagging(instance, policy.reasonableLag())) {
      problems.add(REPLICATION_LAG);
    }
    if (!errant.errant().isEmpty()) {
      problems.add(ERRANT_GTID);
    }
    if (instance.group().filter(Problem::isMemberAndNotOnline).isPresent()) {
      problems.add(GROUP_MEMBER_NOT_ONLINE);
    }
    return List.copyOf(problems);
  }

  private static boolean isNotReplicating(Instance instance) {
    return instance.replication().filter(Problem::hasThreads).isPresent()
        && !instance.isReplicating();
  }

  private static boolean hasThreads(Replication row) {
    return row.ioThread() != ThreadState.NONE && row.sqlThread() != ThreadState.NONE;
  }

  private static boolean isLagging(Instance instance, Duration limit) {
    if (instance.replication().isEmpty()) {
      return false;
    }
    Replication row = instance.replication().get();
    OptionalLong lag = row.lagSeconds();
    return lag.isPresent() && Math.abs(lag.getAsLong() - row.sqlDelaySeconds()) > limit.toSeconds();
  }

  private static boolean isMemberAndNotOnline(GroupMembership group) {
    return !group.name().isEmpty() && !group.state().equals("ONLINE");
  }
}
