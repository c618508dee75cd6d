package orchestrator.core.gtid;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Who numbers the transactions: a server's (or group's) UUID, and since MySQL 8.3 an optional tag.
 * Each pair has numbers of its own. Both are lower case; {@code tag} is empty when there is none.
 */
record Origin(String uuid, String tag) implements Comparable<Origin> {
  private static final String UUID_FORM = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

  /** At most 32 characters; MySQL 8.4 manual, "GTID Format and Storage". */
  private static final Pattern TAG_FORM = Pattern.compile("[a-z_][a-z0-9_]{0,31}");

  /** MySQL prints the intervals without a tag first, then the tags in order of their text. */
  private static final Comparator<Origin> ORDER =
      Comparator.comparing(Origin::uuid).thenComparing(Origin::tag);

  static Origin of(String uuid, String tag) {
    return new Origin(checkedUuid(uuid), tag.isEmpty() ? "" : checkedTag(tag));
  }

  static String checkedUuid(String text) {
    String uuid = text.toLowerCase(Locale.ROOT);
    if (!isUuid(uuid)) {
      throw new GtidParseException("Bad GTID: expected a server UUID", text);
    }
    return uuid;
  }

  /** By hand: of a server with many transactions this is asked very often. */
  private static boolean isUuid(String text) {
    if (text.length() != UUID_FORM.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (UUID_FORM.charAt(i) == '-' ? c != '-' : !digit) {
        return false;
      }
    }
    return true;
  }

  static String checkedTag(String text) {
    String tag = text.toLowerCase(Locale.ROOT);
    if (!TAG_FORM.matcher(tag).matches()) {
      throw new GtidParseException(
          "Bad GTID: expected a tag of at most 32 letters, digits and underscores", text);
    }
    return tag;
  }

  @Override
  public int compareTo(Origin other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return tag.isEmpty() ? uuid : uuid + ":" + tag;
  }
}
