package orchestrator.core.recovery;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An operator's process, ready to run.
 *
 * <p>Values that are put into the text come from outside: host names that servers report, aliases
 * that queries return. Characters that mean something to a shell are replaced by {@code _} there;
 * the environment has the values as they are, for scripts that quote.
 *
 * @param text without the trailing {@code &}
 * @param asynchronous whether the entry ended with {@code &}: nobody waits for it
 */
public record HookCommand(String text, Map<String, String> environment, boolean asynchronous) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z]+)}");
  private static final Pattern UNSAFE = Pattern.compile("[`$\\\\\"';&|<>()\n\r\0]");
  private static final Pattern TRAILING_AMPERSANDS = Pattern.compile("[&\\s]*&\\s*$");

  public HookCommand {
    environment = Map.copyOf(environment);
  }

  /**
   * @param entry as configured; placeholders without a value stay as they are
   */
  public static HookCommand of(String entry, HookVariables variables) {
    String trimmed = entry.strip();
    String command = TRAILING_AMPERSANDS.matcher(trimmed).replaceFirst("").strip();
    return new HookCommand(
        substitute(command, variables.placeholders()),
        variables.environment(),
        !command.equals(trimmed));
  }

  private static String substitute(String command, Map<String, String> values) {
    Matcher matcher = PLACEHOLDER.matcher(command);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String value = values.get(matcher.group(1));
      String replacement = value == null ? matcher.group() : safe(value);
      matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
    }
    return matcher.appendTail(text).toString();
  }

  /** The value without characters that a shell would act upon. */
  static String safe(String value) {
    return UNSAFE.matcher(value).replaceAll("_");
  }
}
