package orchestrator.core.topology;

import java.util.Arrays;
import java.util.List;

/**
 * The version text of a server, compared by number: 8.0.4 is older than 8.0.14.
 *
 * @param text {@code @@global.version} as the server says it; empty or {@code Unknown} before the
 *     first contact
 * @param comment {@code @@global.version_comment}
 */
public record ServerVersion(String text, String comment) {
  public static final ServerVersion UNKNOWN = new ServerVersion("Unknown", "");

  public Flavor flavor() {
    if (isNamed("mariadb")) {
      return Flavor.MARIADB;
    }
    if (isNamed("maxscale")) {
      return Flavor.MAXSCALE;
    }
    if (comment.contains("Percona")) {
      return Flavor.PERCONA;
    }
    return !text.isEmpty() && Character.isDigit(text.charAt(0)) ? Flavor.MYSQL : Flavor.UNKNOWN;
  }

  /** Asked for pairs of many servers, so without copies of the text. */
  private boolean isNamed(String product) {
    if (text.indexOf('m') < 0 && text.indexOf('M') < 0) {
      return false;
    }
    for (int start = text.length() - product.length(); start >= 0; start--) {
      if (text.regionMatches(true, start, product, 0, product.length())) {
        return true;
      }
    }
    return false;
  }

  public boolean isBinlogServer() {
    return flavor() == Flavor.MAXSCALE;
  }

  /** Whether it sends heartbeats to replicas that ask for them: for certain, or not. */
  public boolean sendsHeartbeats() {
    return switch (flavor()) {
      case MYSQL, PERCONA, MARIADB -> isAtLeast(5, 5, 0);
      case MAXSCALE, UNKNOWN -> false;
    };
  }

  public boolean isNdb() {
    return text.contains("-ndb-");
  }

  /** The first two numbers, as {@code 8.0}; {@code 0.0} when there are fewer than two. */
  public String majorVersion() {
    List<String> tokens = Arrays.asList(text.split("\\.", -1));
    return tokens.size() < 2 ? "0.0" : tokens.get(0) + "." + tokens.get(1);
  }

  /** Compares the first two numbers only: 5.7.22 and 5.7.40 are equal, 8.0 is less than 8.4. */
  public int compareMajorTo(ServerVersion other) {
    return compare(numbers(), other.numbers(), 2);
  }

  /** Whether the version is this one or newer. */
  public boolean isAtLeast(int major, int minor, int patch) {
    return compare(numbers(), new int[] {major, minor, patch}, 3) >= 0;
  }

  private int[] numbers() {
    // MariaDB may announce itself as "5.5.5-10.6.1-MariaDB" to old clients.
    String plain = text.startsWith("5.5.5-") && text.contains("MariaDB") ? text.substring(6) : text;
    int[] numbers = new int[3];
    String[] tokens = plain.split("[^0-9]+", 4);
    for (int i = 0; i < Math.min(3, tokens.length); i++) {
      numbers[i] = tokens[i].isEmpty() || tokens[i].length() > 9 ? 0 : Integer.parseInt(tokens[i]);
    }
    return numbers;
  }

  private static int compare(int[] left, int[] right, int count) {
    for (int i = 0; i < count; i++) {
      int order = Integer.compare(left[i], right[i]);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
