package orchestrator.core.recovery;

import java.util.List;
import java.util.Optional;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.MariaDbGtid;
import orchestrator.core.gtid.MariaDbGtidSet;
import orchestrator.core.gtid.OracleGtidSet;

/** Operations on sets of either family. Sets of different families are never joined. */
final class GtidAlgebra {
  private GtidAlgebra() {}

  /** Both together; the left one alone when they are of different families. */
  static GtidSet union(GtidSet left, GtidSet right) {
    if (left.isEmpty()) {
      return right;
    }
    return switch (left) {
      case OracleGtidSet own -> right instanceof OracleGtidSet other ? own.union(other) : left;
      case MariaDbGtidSet own -> right instanceof MariaDbGtidSet other ? own.union(other) : left;
    };
  }

  static Optional<GtidSet> union(Optional<GtidSet> left, Optional<GtidSet> right) {
    return left.isPresent() && right.isPresent()
        ? Optional.of(union(left.get(), right.get()))
        : left.or(() -> right);
  }

  /**
   * What {@code all} has and {@code had} lacks: the transactions for MySQL, the uncovered positions
   * for MariaDB.
   */
  static GtidSet lacking(GtidSet all, GtidSet had) {
    return switch (all) {
      case OracleGtidSet oracle -> oracle.missingFrom(had);
      case MariaDbGtidSet mariaDb -> {
        List<MariaDbGtid> uncovered =
            mariaDb.gtids().stream()
                .filter(gtid -> !had.covers(MariaDbGtidSet.of(List.of(gtid))))
                .toList();
        yield MariaDbGtidSet.of(uncovered);
      }
    };
  }
}
