package orchestrator.core.gtid;

/**
 * Transactions that one server has and another lacks. {@code toString} is fit for people and for
 * {@link #parse}.
 */
public sealed interface GtidDifference permits OracleGtidSet, MariaDbGtidDifference {

  /**
   * Reads what {@code toString} of either family gave. Blank text, which says nothing of the
   * family, is the empty set of MySQL.
   *
   * @throws GtidParseException naming the part that is wrong
   */
  static GtidDifference parse(String text) {
    return MariaDbGtidDifference.startsLikeOne(text)
        ? MariaDbGtidDifference.parse(text)
        : OracleGtidSet.parse(text);
  }

  boolean isEmpty();

  /** Both together; this one alone when they are of different families, and it is not empty. */
  default GtidDifference join(GtidDifference other) {
    if (isEmpty()) {
      return other;
    }
    return switch (this) {
      case OracleGtidSet own -> other instanceof OracleGtidSet more ? own.union(more) : own;
      case MariaDbGtidDifference own ->
          other instanceof MariaDbGtidDifference more ? own.with(more) : own;
    };
  }

  /**
   * The number of transactions. Exact for MySQL; for MariaDB an upper bound, since sequence numbers
   * of a domain may have gaps. {@link Long#MAX_VALUE} when it would not fit.
   */
  long transactionCount();
}
