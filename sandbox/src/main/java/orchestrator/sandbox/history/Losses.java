package orchestrator.sandbox.history;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What failovers left behind, beside what their reports say. */
public final class Losses {
  private Losses() {}

  /**
   * What a failover says of its loss.
   *
   * @param failed the server that it replaced
   * @param from when it began
   * @param saysNothing that nothing was lost, and that this is certain
   */
  public record Report(String id, String failed, long from, boolean saysNothing) {}

  /**
   * What a server was found to have on its own.
   *
   * @param rows that were nowhere else
   */
  public record LeftBehind(String server, long at, Set<Long> rows) {
    public LeftBehind {
      rows = Set.copyOf(rows);
    }
  }

  /** Failovers that say that nothing was lost when the replaced server had something of its own. */
  public static List<String> denied(Collection<Report> reports, Collection<LeftBehind> found) {
    return found.stream()
        .filter(left -> !left.rows().isEmpty())
        .flatMap(left ->
            reports.stream()
                .filter(report -> report.failed().equals(left.server()))
                .filter(report -> report.from() < left.at())
                .max(Comparator.comparingLong(Report::from))
                .filter(Report::saysNothing)
                .map(report ->
                    "Failover %s says that nothing was lost, and %s had %d rows of its own"
                        .formatted(report.id(), left.server(), left.rows().size()))
                .stream())
        .toList();
  }
}
