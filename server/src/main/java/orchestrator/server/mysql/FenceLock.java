package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.List;
import orchestrator.server.engine.Fence;

/**
 * The statements of the named lock that every changing session holds on its server.
 *
 * <p>{@link #guard} comes first in every packet that changes something: the server goes on to the
 * next statement only if the session holds the lock, since otherwise the guard is an error. So
 * checking and acting is one round trip, and a manager that froze in between cannot act any more
 * after its session was ended.
 *
 * <p>A session keeps the lock as long as it lives. It also shows its term, for a successor to see
 * who is older: by further locks, one for each bit of the term that is set, named after its
 * connection. Locks are the one thing that every session of the user can read on every flavour.
 */
final class FenceLock {
  private static final String NAME = "'orchestrator/fence'";
  private static final int BITS = 62;

  /** Error of {@link #guard} when another session holds the lock: EXP out of range. */
  static final int HELD_BY_ANOTHER = 1690;

  private FenceLock() {}

  /**
   * @param waitSeconds how long to wait for the lock
   */
  static String guard(Fence fence, long waitSeconds) {
    return "SELECT /* orchestrator node="
        + forComment(fence.node())
        + " term="
        + fence.term()
        + " for="
        + forComment(fence.purpose())
        + " */ EXP(IF(IFNULL(IS_USED_LOCK("
        + NAME
        + ")=CONNECTION_ID(),0) OR GET_LOCK("
        + NAME
        + ","
        + waitSeconds
        + ")=1,0,10000)) AS fence";
  }

  private static String forComment(String text) {
    String plain = text.replaceAll("[^A-Za-z0-9_.:@ -]", "?");
    return plain.length() <= 100 ? plain : plain.substring(0, 100);
  }

  /**
   * Makes the session show another term. Takes before it releases: in between it seems to have a
   * later term, which makes others refrain.
   *
   * @param shown the term the session shows now; 0 for none
   */
  static List<String> showTerm(long shown, long term) {
    List<String> statements = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    List<String> released = new ArrayList<>();
    for (int bit = 0; bit < BITS; bit++) {
      boolean before = (shown >> bit & 1) == 1;
      boolean after = (term >> bit & 1) == 1;
      if (after && !before) {
        taken.add("GET_LOCK(" + termLock("CONNECTION_ID()", bit) + ",0)");
      } else if (before && !after) {
        released.add("RELEASE_LOCK(" + termLock("CONNECTION_ID()", bit) + ")");
      }
    }
    if (!taken.isEmpty()) {
      statements.add("SELECT " + String.join("+", taken));
    }
    if (!released.isEmpty()) {
      statements.add("SELECT " + String.join("+", released));
    }
    return statements;
  }

  /**
   * Who holds the lock: three statements, of which the last tells what {@link Holder} reads.
   *
   * @param processList see {@link ServerFacts#processList}
   */
  static List<String> readHolder(String processList) {
    List<String> bits = new ArrayList<>();
    for (int bit = 0; bit < BITS; bit++) {
      bits.add(
          "IFNULL(IS_USED_LOCK("
              + termLock("@orchestrator_holder", bit)
              + ")=@orchestrator_holder,0)*"
              + (1L << bit));
    }
    return List.of(
        "SET @orchestrator_holder=IS_USED_LOCK(" + NAME + ")",
        "SET @orchestrator_holder_user=(SELECT USER FROM "
            + processList
            + " WHERE ID=@orchestrator_holder)",
        "SELECT @orchestrator_holder AS holder, @orchestrator_holder_user AS holder_user,"
            + " SUBSTRING_INDEX(USER(),'@',1) AS own_user, "
            + String.join("+", bits)
            + " AS term");
  }

  private static String termLock(String connection, int bit) {
    return "CONCAT('orchestrator/term/'," + connection + ",'/" + bit + "')";
  }

  /**
   * @param connection 0 when nobody holds the lock
   * @param ownUser whether the session belongs to the user we are logged in as
   */
  record Holder(long connection, boolean ownUser, long term) {
    static Holder of(List<Table> answers) {
      Table table = answers.getLast();
      return new Holder(
          ProbePacket.parseLong(table.text(0, 0)),
          table.text(0, 1).equals(table.text(0, 2)),
          ProbePacket.parseLong(table.text(0, 3)));
    }
  }

  static String end(Holder holder) {
    return "KILL " + holder.connection();
  }
}
