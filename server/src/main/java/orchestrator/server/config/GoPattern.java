package orchestrator.server.config;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Compiles patterns written for Go's regexp package (RE2 syntax), in which existing configuration
 * files are written. Most of it is the same in Java; what differs silently is translated: named
 * groups become plain ones, POSIX classes such as {@code [[:digit:]]} become properties, and {@code
 * [} or {@code &&} inside a character class, and a brace that is no repetition, stay literal.
 */
final class GoPattern {

  private static final Map<String, String> POSIX_CLASSES =
      Map.ofEntries(
          Map.entry("alnum", "\\p{Alnum}"),
          Map.entry("alpha", "\\p{Alpha}"),
          Map.entry("ascii", "\\p{ASCII}"),
          Map.entry("blank", "\\p{Blank}"),
          Map.entry("cntrl", "\\p{Cntrl}"),
          Map.entry("digit", "\\p{Digit}"),
          Map.entry("graph", "\\p{Graph}"),
          Map.entry("lower", "\\p{Lower}"),
          Map.entry("print", "\\p{Print}"),
          Map.entry("punct", "\\p{Punct}"),
          Map.entry("space", "\\s"),
          Map.entry("upper", "\\p{Upper}"),
          Map.entry("word", "\\w"),
          Map.entry("xdigit", "\\p{XDigit}"));

  private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P?<([A-Za-z_]\\w*)>");

  private static final Pattern REPETITION = Pattern.compile("\\{\\d+(,\\d*)?}");

  private final String source;
  private final StringBuilder translated = new StringBuilder();
  private int position;

  private GoPattern(String source) {
    this.source = source;
  }

  /**
   * Compiles a pattern.
   *
   * @throws PatternSyntaxException when it is not a regular expression
   */
  static Pattern compile(String source) {
    try {
      return Pattern.compile(new GoPattern(source).translate());
    } catch (PatternSyntaxException bad) {
      // Positions would refer to the translation: report the operator's own text.
      throw new PatternSyntaxException(bad.getDescription(), source, -1);
    } catch (StackOverflowError _) {
      throw new PatternSyntaxException("nested too deeply", source, -1);
    }
  }

  private String translate() {
    while (position < source.length()) {
      char current = source.charAt(position);
      if (current == '\\') {
        copyEscape();
      } else if (current == '[') {
        copyClass();
      } else if (current == '(') {
        copyGroupStart();
      } else if (current == '{' && !isRepetition()) {
        translated.append('\\');
        copy(1);
      } else {
        copy(1);
      }
    }
    return translated.toString();
  }

  private void copy(int count) {
    int end = Math.min(position + count, source.length());
    translated.append(source, position, end);
    position = end;
  }

  private void copyEscape() {
    if (source.startsWith("\\Q", position)) {
      int end = source.indexOf("\\E", position);
      copy(end < 0 ? source.length() : end + 2 - position);
    } else {
      copy(2);
    }
  }

  private boolean isRepetition() {
    return REPETITION.matcher(source).region(position, source.length()).lookingAt();
  }

  private void copyGroupStart() {
    var named = NAMED_GROUP.matcher(source).region(position, source.length());
    if (named.lookingAt()) {
      translated.append('(');
      position = named.end();
    } else {
      copy(1);
    }
  }

  private void copyClass() {
    copy(1);
    if (position < source.length() && source.charAt(position) == '^') {
      copy(1);
    }
    boolean first = true;
    while (position < source.length()) {
      char current = source.charAt(position);
      if (current == ']' && !first) {
        copy(1);
        return;
      }
      first = false;
      copyClassMember(current);
    }
  }

  private void copyClassMember(char current) {
    if (current == '\\') {
      copyEscape();
    } else if (source.startsWith("[:", position) && copyPosixClass()) {
      return;
    } else if (current == '[' || current == '&' || current == ']') {
      translated.append('\\');
      copy(1);
    } else {
      copy(1);
    }
  }

  private boolean copyPosixClass() {
    int end = source.indexOf(":]", position);
    if (end < 0) {
      return false;
    }
    String name = source.substring(position + 2, end);
    boolean negated = name.startsWith("^");
    String property = POSIX_CLASSES.get(negated ? name.substring(1) : name);
    if (property == null) {
      return false;
    }
    translated.append(negated ? invert(property) : property);
    position = end + 2;
    return true;
  }

  private static String invert(String property) {
    return "\\" + Character.toUpperCase(property.charAt(1)) + property.substring(2);
  }
}
