package orchestrator.server.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with one section {@code [client]} and the variables {@code user} and {@code password},
 * written as {@code name = value}. Values may stand in double quotes; {@code \\ \" \n \t} are
 * escapes; a comment starts with {@code ;} or {@code #}; names are compared without regard to case.
 * Anything else is an error.
 */
final class CredentialsFile {

  private static final Pattern SECTION = Pattern.compile("\\[\\s*([^\\]\\s]+)\\s*]\\s*([;#].*)?");
  private static final Pattern VARIABLE = Pattern.compile("([A-Za-z][A-Za-z0-9-]*)\\s*=\\s*(.*)");

  private final ConfigurationSource source;
  private final ProblemCollector problems;
  private final Map<String, String> variables = new HashMap<>();
  private boolean inClient;
  private boolean good = true;

  private CredentialsFile(ConfigurationSource source, ProblemCollector problems) {
    this.source = source;
    this.problems = problems;
  }

  /** Reads a file; what is wrong with it goes to the collector. */
  static Optional<Credentials> read(Path file, ProblemCollector problems) {
    return ConfigurationSource.read(file, problems)
        .flatMap(source -> new CredentialsFile(source, problems).parse());
  }

  private Optional<Credentials> parse() {
    int number = 0;
    for (String line : source.text().lines().toList()) {
      number++;
      String stripped = line.strip();
      if (!stripped.isEmpty() && stripped.charAt(0) != ';' && stripped.charAt(0) != '#') {
        parseLine(number, stripped);
      }
    }
    return good
        ? Optional.of(
            new Credentials(
                variables.getOrDefault("user", ""), variables.getOrDefault("password", "")))
        : Optional.empty();
  }

  private void parseLine(int number, String line) {
    Matcher section = SECTION.matcher(line);
    if (section.matches()) {
      inClient = section.group(1).equalsIgnoreCase("client");
      if (!inClient) {
        error(number, "only the section [client] is allowed");
      }
      return;
    }
    Matcher variable = VARIABLE.matcher(line);
    if (!variable.matches()) {
      error(number, "must be [client], user = …, password = … or a comment");
      return;
    }
    String name = variable.group(1).toLowerCase(Locale.ROOT);
    if (!inClient || !(name.equals("user") || name.equals("password"))) {
      error(number, "only user and password in the section [client] are allowed, not " + name);
      return;
    }
    unquoted(variable.group(2))
        .ifPresentOrElse(
            value -> variables.put(name, value),
            () -> error(number, "the value of " + name + " has an open quote or a bad escape"));
  }

  private void error(int line, String explanation) {
    good = false;
    problems.error(new ConfigurationProblem(source.name(), line, "", "", explanation));
  }

  private static Optional<String> unquoted(String text) {
    StringBuilder value = new StringBuilder();
    boolean quoted = false;
    int keep = 0;
    for (int i = 0; i < text.length(); i++) {
      char current = text.charAt(i);
      if (!quoted && (current == ';' || current == '#')) {
        break;
      }
      if (current == '"') {
        quoted = !quoted;
        keep = value.length();
      } else if (current == '\\') {
        i++;
        int escape = i < text.length() ? "\\\"nt".indexOf(text.charAt(i)) : -1;
        if (escape < 0) {
          return Optional.empty();
        }
        value.append("\\\"\n\t".charAt(escape));
        keep = value.length();
      } else {
        value.append(current);
        keep = quoted || !Character.isWhitespace(current) ? value.length() : keep;
      }
    }
    // Blanks before the end or a comment are not part of the value.
    value.setLength(keep);
    return quoted ? Optional.empty() : Optional.of(value.toString());
  }
}
