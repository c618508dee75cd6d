package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.KeyTypes.texts;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Pseudo-GTID and binary log scanning: Markers in binary logs for servers without GTID. */
public record PseudoGtidConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS =
      KeyGroup.named("Pseudo-GTID and binary log scanning");

  static final ConfigurationKey<Boolean> AUTO_PSEUDO_GTID =
      KEYS.key(
          "AutoPseudoGTID",
          bool(),
          false,
          "Inject markers on writable masters every 5 seconds and use them; sets the "
              + "next four keys.");

  public boolean injected() {
    return values.get(AUTO_PSEUDO_GTID);
  }

  static final ConfigurationKey<String> PSEUDO_GTID_PATTERN =
      KEYS.key("PseudoGTIDPattern", text(), "", "Text identifying a marker in binary/relay logs.");

  static final ConfigurationKey<Boolean> PSEUDO_GTID_PATTERN_IS_FIXED_SUBSTRING =
      KEYS.key(
          "PseudoGTIDPatternIsFixedSubstring",
          bool(),
          false,
          "Treat the pattern as a substring instead of a regex.");

  /** What is to be found in a marker; empty for no Pseudo-GTID. */
  public Optional<Pattern> pattern() {
    boolean fixed = values.get(PSEUDO_GTID_PATTERN_IS_FIXED_SUBSTRING);
    return values
        .text(PSEUDO_GTID_PATTERN)
        .map(text -> fixed ? Pattern.compile(text, Pattern.LITERAL) : GoPattern.compile(text));
  }

  static final ConfigurationKey<String> PSEUDO_GTID_MONOTONIC_HINT =
      KEYS.key(
          "PseudoGTIDMonotonicHint",
          text(),
          "",
          "Substring whose presence tells that markers grow monotonically.");

  public Optional<String> monotonicHint() {
    return values.text(PSEUDO_GTID_MONOTONIC_HINT);
  }

  static final ConfigurationKey<String> DETECT_PSEUDO_GTID_QUERY =
      KEYS.key(
          "DetectPseudoGTIDQuery",
          text(),
          "",
          "Decides per server whether markers are in use; value 1 means yes.");

  public Optional<String> detectionQuery() {
    return values.text(DETECT_PSEUDO_GTID_QUERY);
  }

  static final ConfigurationKey<Integer> BINLOG_EVENTS_CHUNK_SIZE =
      KEYS.key(
          "BinlogEventsChunkSize",
          integer(1),
          10000,
          "Events fetched per binlog/relaylog scan statement.");

  public int binlogEventsPerStatement() {
    return values.get(BINLOG_EVENTS_CHUNK_SIZE);
  }

  static final ConfigurationKey<List<String>> SKIP_BINLOG_EVENTS_CONTAINING =
      KEYS.key(
          "SkipBinlogEventsContaining",
          texts(),
          List.of(),
          "Substrings of events to ignore when comparing logs.");

  public List<String> ignoredEvents() {
    return values.get(SKIP_BINLOG_EVENTS_CONTAINING);
  }

  static final KeyGroup GROUP = KEYS.build();
}
