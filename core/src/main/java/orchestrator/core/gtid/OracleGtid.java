package orchestrator.core.gtid;

/**
 * One transaction of MySQL.
 *
 * @param uuid UUID of the server or group that numbered it; any case, kept in lower case
 * @param tag its tag (MySQL 8.3 and newer), empty when it has none; kept in lower case
 * @param number 1 … {@link #MAX_NUMBER}
 */
public record OracleGtid(String uuid, String tag, long number) {
  /** The largest number of a transaction, 2^63 − 2; MySQL manual, "GTID Format and Storage". */
  public static final long MAX_NUMBER = Long.MAX_VALUE - 1;

  /**
   * @throws GtidParseException if a part is malformed or out of range
   */
  public OracleGtid {
    Origin origin = Origin.of(uuid, tag);
    uuid = origin.uuid();
    tag = origin.tag();
    checkNumber(number);
  }

  /** A transaction without a tag. */
  public static OracleGtid of(String uuid, long number) {
    return new OracleGtid(uuid, "", number);
  }

  Origin origin() {
    return new Origin(uuid, tag);
  }

  static void checkNumber(long number) {
    if (number < 1 || number > MAX_NUMBER) {
      throw new GtidParseException(
          "Bad GTID: expected a transaction number from 1 to 2^63-2", Long.toString(number));
    }
  }

  /** As in {@code SET GTID_NEXT}: {@code uuid:number} or {@code uuid:tag:number}. */
  @Override
  public String toString() {
    return origin() + ":" + number;
  }
}
