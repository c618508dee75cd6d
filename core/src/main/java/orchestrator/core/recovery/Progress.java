package orchestrator.core.recovery;

import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.gtid.GtidDifference;
import orchestrator.core.gtid.GtidSet;
import orchestrator.core.gtid.OracleGtidSet;

/**
 * How far a server has come in what its master logged. Kinds that have nothing in common, and
 * places in different logs, do not cover each other; {@link #nothing} is covered by all.
 */
sealed interface Progress {
  static Progress nothing() {
    return new Transactions(OracleGtidSet.EMPTY);
  }

  /** As GTIDs tell it. */
  record Transactions(GtidSet set) implements Progress {}

  /** As the coordinates of the master's log tell it. */
  record Place(BinlogCoordinates at) implements Progress {}

  default boolean covers(Progress other) {
    if (other instanceof Transactions nothing && nothing.set().isEmpty()) {
      return true;
    }
    return switch (this) {
      case Transactions own -> other instanceof Transactions all && own.set().covers(all.set());
      case Place own ->
          other instanceof Place place
              && own.at().isInLogOf(place.at())
              && !own.at().isBefore(place.at());
    };
  }

  /** Both together; this alone when they have nothing in common. */
  default Progress join(Progress other) {
    if (this instanceof Transactions own && other instanceof Transactions all) {
      return new Transactions(GtidAlgebra.union(own.set(), all.set()));
    }
    return other.covers(this) ? other : this;
  }

  /** What this has and the other lacks. */
  default Gap beyond(Progress had) {
    return switch (this) {
      case Transactions own ->
          new Gap.Counted(
              own.set().missingFrom(had instanceof Transactions t ? t.set() : OracleGtidSet.EMPTY));
      case Place own ->
          new Gap.Stretch(had instanceof Place p ? p.at() : BinlogCoordinates.UNKNOWN, own.at());
    };
  }

  /** What one server has and another lacks. */
  sealed interface Gap {
    record Counted(GtidDifference transactions) implements Gap {}

    /** The part of a log; empty when it does not go forward. */
    record Stretch(BinlogCoordinates from, BinlogCoordinates to) implements Gap {}

    default boolean isEmpty() {
      return size() == 0;
    }

    /** Transactions, or an extent of the log: fit to compare gaps of one kind. */
    default long size() {
      return switch (this) {
        case Counted counted -> counted.transactions().transactionCount();
        case Stretch stretch ->
            !stretch.from().isInLogOf(stretch.to())
                ? Long.MAX_VALUE / 1_000_000
                : Math.max(0, stretch.to().distanceFrom(stretch.from()));
      };
    }

    /** Whether sizes tell how many times as large as another one it is. */
    default boolean isCounted() {
      return switch (this) {
        case Counted ignored -> true;
        case Stretch stretch -> stretch.from().logFile().equals(stretch.to().logFile());
      };
    }

    /**
     * In words.
     *
     * @param noun what is counted, in the plural
     */
    default String amount(String noun) {
      return switch (this) {
        case Counted counted -> counted.transactions().transactionCount() + " " + noun;
        case Stretch ignored -> text();
      };
    }

    default String text() {
      return switch (this) {
        case Counted counted -> counted.transactions().toString();
        case Stretch stretch ->
            stretch.from().isInLogOf(stretch.to())
                ? "the log from " + stretch.from() + " to " + stretch.to()
                : "the log up to " + stretch.to();
      };
    }
  }
}
