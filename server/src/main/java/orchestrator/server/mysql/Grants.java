package orchestrator.server.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import orchestrator.core.topology.ServerVersion;

/** What {@code SHOW GRANTS} tells of the global privileges of a user. Pure. */
final class Grants {
  private static final String EVERYWHERE = " ON *.* TO ";

  private final Set<String> privileges = new TreeSet<>();
  private boolean hasRoles;

  /**
   * @param lines each a {@code GRANT} statement
   */
  Grants(List<String> lines) {
    for (String line : lines) {
      String text = line.toUpperCase(Locale.ROOT);
      int end = text.indexOf(EVERYWHERE);
      if (end > 0) {
        for (String privilege : text.substring("GRANT ".length(), end).split(",")) {
          privileges.add(privilege.strip());
        }
      } else if (!text.contains(" ON ")) {
        hasRoles = true;
      }
    }
  }

  /**
   * @param answer to {@code SHOW GRANTS}
   */
  static Grants of(Table answer) {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < answer.size(); row++) {
      lines.add(answer.text(row, 0));
    }
    return new Grants(lines);
  }

  /**
   * Whether the user may drop what is in a schema; also where a role may give it.
   *
   * @param answer to {@code SHOW GRANTS}
   */
  static boolean allowDropIn(Table answer, String schema) {
    for (int row = 0; row < answer.size(); row++) {
      String text = answer.text(row, 0).toUpperCase(Locale.ROOT).replace("\\", "");
      int on = text.indexOf(" ON ");
      if (on < 0) {
        return true;
      }
      String where = text.substring(on + " ON ".length()).replace("`", "");
      boolean there =
          where.startsWith("*.* ") || where.startsWith(schema.toUpperCase(Locale.ROOT) + ".* ");
      boolean drops =
          List.of(text.substring("GRANT ".length(), on).split(",\\s*")).stream()
              .anyMatch(privilege ->
                  privilege.equals("DROP")
                      || privilege.equals("ALL PRIVILEGES")
                      || privilege.equals("ALL"));
      if (there && drops) {
        return true;
      }
    }
    return false;
  }

  /** What a takeover needs and the user lacks; nothing where roles may give it. */
  List<String> missing(ServerVersion version) {
    boolean mariaDb = Dialect.of(version).isMariaDb();
    List<String> missing = new ArrayList<>();
    if (hasRoles || privileges.isEmpty()) {
      return missing;
    }
    String readOnly = mariaDb ? "READ_ONLY ADMIN" : "SYSTEM_VARIABLES_ADMIN";
    String replication = mariaDb ? "REPLICATION SLAVE ADMIN" : "REPLICATION_SLAVE_ADMIN";
    boolean split = splitsSuper(version);
    if (!superGivesReadOnly(version) && !(split && has(readOnly))) {
      missing.add(split ? readOnly : "SUPER");
    }
    if (!superGivesTheRest(version) && !(split && has(replication)) && !missing.contains("SUPER")) {
      missing.add(split ? replication : "SUPER");
    }
    return missing;
  }

  /**
   * What ending the connections of others needs and the user lacks, seeing them included; empty
   * text for nothing.
   */
  String missingToEndClients(ServerVersion version) {
    if (hasRoles || privileges.isEmpty()) {
      return "";
    }
    String split = Dialect.of(version).isMariaDb() ? "CONNECTION ADMIN" : "CONNECTION_ADMIN";
    String privilege = splitsSuper(version) ? split : "SUPER";
    List<String> missing = new ArrayList<>();
    if (!has("PROCESS")) {
      missing.add("PROCESS");
    }
    if (!superGivesTheRest(version) && !has(privilege)) {
      missing.add(privilege);
    }
    return String.join(", ", missing);
  }

  /** Whether there are privileges for the parts of what {@code SUPER} gives. */
  private static boolean splitsSuper(ServerVersion version) {
    return Dialect.of(version).isMariaDb()
        ? version.isAtLeast(10, 5, 2)
        : version.isAtLeast(8, 0, 0);
  }

  /** MariaDB has taken this out of {@code SUPER} in 10.11. */
  private boolean superGivesReadOnly(ServerVersion version) {
    boolean holds = !Dialect.of(version).isMariaDb() || !version.isAtLeast(10, 11, 0);
    return holds && has("SUPER");
  }

  /** MariaDB has taken the control of connections and of replication out of it in 11.0. */
  private boolean superGivesTheRest(ServerVersion version) {
    boolean holds = !Dialect.of(version).isMariaDb() || !version.isAtLeast(11, 0, 0);
    return holds && has("SUPER");
  }

  private boolean has(String privilege) {
    return privileges.contains(privilege)
        || privileges.contains("ALL PRIVILEGES")
        || privileges.contains("ALL");
  }
}
