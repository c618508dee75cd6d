package orchestrator.core.gtid;

/**
 * What a server has executed, as far as its GTIDs tell; the common view on both families.
 *
 * <p>Sets of different families have nothing in common: neither covers the other, unless it is
 * empty. So all methods are total, also in a topology under migration.
 */
public sealed interface GtidSet permits OracleGtidSet, MariaDbGtidSet {
  /**
   * Reads a set of either family, told apart by its form. Blank text, which says nothing of the
   * family, is the empty set of MySQL; it compares as equal to that of MariaDB.
   *
   * @throws GtidParseException naming the part that is wrong
   */
  static GtidSet parse(String text) {
    return MariaDbGtidSet.startsLikeOne(text)
        ? MariaDbGtidSet.parse(text)
        : OracleGtidSet.parse(text);
  }

  boolean isEmpty();

  /** Whether a server that stands here has every transaction of {@code other}. */
  boolean covers(GtidSet other);

  /** What this set has and {@code other} lacks; empty exactly if {@code other} covers this set. */
  GtidDifference missingFrom(GtidSet other);

  default GtidComparison compareWith(GtidSet other) {
    boolean covers = covers(other);
    boolean covered = other.covers(this);
    if (covers) {
      return covered ? GtidComparison.EQUAL : GtidComparison.SUPERSET;
    }
    return covered ? GtidComparison.SUBSET : GtidComparison.DIVERGED;
  }
}
