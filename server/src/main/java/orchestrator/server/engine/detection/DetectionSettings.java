package orchestrator.server.engine.detection;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import orchestrator.core.analysis.AnalysisPolicy;
import orchestrator.core.analysis.ClusterInfo;

/**
 * How failures are found and announced.
 *
 * @param startDelay nothing is announced or recovered for this long after the start: the picture is
 *     not complete yet
 * @param announcedFor {@code FailureDetectionPeriodBlockMinutes}
 * @param minimumDuration how long a failure in this cluster must have lasted
 * @param hooks {@code OnFailureDetectionProcesses}
 * @param hookTimeout the longest one of them may run
 */
public record DetectionSettings(
    AnalysisPolicy policy,
    Duration startDelay,
    Duration announcedFor,
    Function<ClusterInfo, Duration> minimumDuration,
    List<String> hooks,
    Duration hookTimeout) {
  public DetectionSettings {
    hooks = List.copyOf(hooks);
  }
}
