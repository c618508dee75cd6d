package orchestrator.server.config;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Splits a file into its top-level entries in the order they are written: with names compared
 * without regard to case, a tree would lose which of two spellings came last. Comments and trailing
 * commas are allowed.
 */
final class ConfigurationJson {

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ConfigurationJson() {}

  /** The entries before the first error, which goes to the collector. */
  static List<ConfigurationEntry> entries(ConfigurationSource source, ProblemCollector problems) {
    var entries = new ArrayList<ConfigurationEntry>();
    try (JsonParser parser = MAPPER.createParser(source.text())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        problems.error(
            new ConfigurationProblem(
                source.name(), 0, "", "", "must hold one JSON object: { \"Key\": value, … }"));
        return entries;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        parser.nextToken();
        entries.add(new ConfigurationEntry(name, parser.readValueAsTree(), line));
      }
      warnOfTrailingText(source, parser, problems);
    } catch (JacksonException bad) {
      int line = bad.getLocation() == null ? 0 : Math.max(0, bad.getLocation().getLineNr());
      problems.error(
          new ConfigurationProblem(
              source.name(),
              line,
              "",
              "",
              "is not valid JSON: " + withoutContent(bad.getOriginalMessage())));
    }
    return entries;
  }

  // An unquoted password would be quoted here.
  private static String withoutContent(String message) {
    return message.replaceAll("token '[^']*'", "token");
  }

  private static void warnOfTrailingText(
      ConfigurationSource source, JsonParser parser, ProblemCollector problems) {
    boolean more;
    try {
      more = parser.nextToken() != null;
    } catch (JacksonException _) {
      more = true;
    }
    if (more) {
      problems.warning(
          new ConfigurationProblem(
              source.name(), 0, "", "", "what follows the first JSON object is ignored"));
    }
  }
}
