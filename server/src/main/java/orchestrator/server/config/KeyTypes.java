package orchestrator.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import orchestrator.server.config.Decoded.Invalid;
import orchestrator.server.config.Decoded.Valid;
import tools.jackson.databind.JsonNode;

/**
 * The plain types of values. Names, addresses and patterns are in {@link NetworkTypes} and {@link
 * PatternTypes}.
 */
final class KeyTypes {

  private KeyTypes() {}

  static KeyType<Boolean> bool() {
    return new KeyType<>(
        JsonShape.BOOLEAN,
        "true or false",
        node -> new Valid<>(node.booleanValue()),
        value -> value);
  }

  static KeyType<Integer> integer(int min, int max) {
    return ranged(min, max, "", number -> Math.toIntExact(number), Integer::longValue);
  }

  static KeyType<Integer> integer(int min) {
    return integer(min, Integer.MAX_VALUE);
  }

  static KeyType<Integer> port() {
    return integer(1, 65_535);
  }

  static KeyType<Duration> milliseconds(int min) {
    return ranged(
        min, Integer.MAX_VALUE, " of milliseconds", Duration::ofMillis, Duration::toMillis);
  }

  static KeyType<Duration> seconds(int min) {
    return ranged(min, Integer.MAX_VALUE, " of seconds", Duration::ofSeconds, Duration::toSeconds);
  }

  static KeyType<Duration> minutes(int min) {
    return ranged(min, Integer.MAX_VALUE, " of minutes", Duration::ofMinutes, Duration::toMinutes);
  }

  static KeyType<Duration> hours(int min) {
    return ranged(min, Integer.MAX_VALUE, " of hours", Duration::ofHours, Duration::toHours);
  }

  static KeyType<Duration> days(int min) {
    return ranged(min, Integer.MAX_VALUE, " of days", Duration::ofDays, Duration::toDays);
  }

  static KeyType<Double> number(double min, double max) {
    String allowed = "a number from %s to %s".formatted(shown(min), shown(max));
    return new KeyType<>(
        JsonShape.NUMBER,
        allowed,
        node -> {
          double value = node.doubleValue();
          return value >= min && value <= max
              ? new Valid<>(value)
              : new Invalid<>("must be " + allowed);
        },
        value -> value == Math.rint(value) ? (Object) value.longValue() : value);
  }

  static KeyType<String> text() {
    return new KeyType<>(
        JsonShape.TEXT, "a text", node -> new Valid<>(node.stringValue()), value -> value);
  }

  static KeyType<String> nonEmptyText() {
    return checkedText("a text that is not empty", text -> !text.isBlank());
  }

  static KeyType<String> checkedText(String allowed, Predicate<String> good) {
    return parsedText(allowed, text -> Optional.of(text).filter(good), Function.identity());
  }

  /** A text that becomes something else; an empty result of the parser is an error. */
  static <T> KeyType<T> parsedText(
      String allowed, Function<String, Optional<T>> parser, Function<T, String> encoder) {
    return new KeyType<>(
        JsonShape.TEXT,
        allowed,
        node ->
            parser
                .apply(node.stringValue())
                .<Decoded<T>>map(Valid::new)
                .orElseGet(() -> new Invalid<>("must be " + allowed)),
        encoder::apply);
  }

  /** A type whose empty text means "none". */
  static <T> KeyType<Optional<T>> optionalText(
      String allowed, Function<String, Optional<T>> parser, Function<T, String> encoder) {
    String complete = allowed + ", or empty";
    return new KeyType<>(
        JsonShape.TEXT,
        complete,
        node -> {
          Optional<T> value = parser.apply(node.stringValue());
          return value.isPresent() || node.stringValue().isEmpty()
              ? new Valid<>(value)
              : new Invalid<>("must be " + complete);
        },
        value -> value.map(encoder).orElse(""));
  }

  static KeyType<Optional<Path>> path() {
    return optionalText("the path of a file or directory", KeyTypes::parsePath, Path::toString);
  }

  private static Optional<Path> parsePath(String text) {
    try {
      return Optional.of(text).filter(path -> !path.isEmpty()).map(Path::of);
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  /** A list whose entries each become something; the first bad entry is named. */
  static <T> KeyType<List<T>> list(
      String allowed, Function<String, Optional<T>> parser, Function<T, String> encoder) {
    return new KeyType<>(
        JsonShape.TEXT_LIST,
        "a list of " + allowed,
        node -> decodeList(node, allowed, parser),
        values -> values.stream().map(encoder).toList());
  }

  private static <T> Decoded<List<T>> decodeList(
      JsonNode node, String allowed, Function<String, Optional<T>> parser) {
    var values = new ArrayList<T>();
    for (JsonNode entry : node) {
      Optional<T> value = parser.apply(entry.stringValue());
      if (value.isEmpty()) {
        return new Invalid<>("entry " + entry + " must be one of " + allowed);
      }
      values.add(value.get());
    }
    return new Valid<>(List.copyOf(values));
  }

  static KeyType<List<String>> texts() {
    return list("texts", Optional::of, Function.identity());
  }

  static <E extends Enum<E> & NamedChoice> KeyType<E> choice(Class<E> constants) {
    Map<String, E> bySpelling = new LinkedHashMap<>();
    for (E constant : constants.getEnumConstants()) {
      for (String spelling : constant.spellings()) {
        bySpelling.put(ConfigurationKey.folded(spelling), constant);
      }
    }
    String allowed =
        Arrays.stream(constants.getEnumConstants())
            .flatMap(constant -> constant.spellings().stream())
            .map(spelling -> '"' + spelling + '"')
            .collect(Collectors.joining(", ", "one of ", ""));
    return parsedText(
        allowed,
        text -> Optional.ofNullable(bySpelling.get(ConfigurationKey.folded(text))),
        constant -> constant.spellings().getFirst());
  }

  private static <T> KeyType<T> ranged(
      int min, int max, String unit, LongFunction<T> decoder, ToLongFunction<T> encoder) {
    String range =
        max == Integer.MAX_VALUE
            ? (min == Integer.MIN_VALUE ? "" : ", %d or more".formatted(min))
            : " from %d to %d".formatted(min, max);
    String allowed = "a whole number" + unit + range;
    return new KeyType<>(
        JsonShape.INTEGER,
        allowed,
        node -> {
          if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            return new Invalid<>("must be " + allowed);
          }
          return new Valid<>(decoder.apply(node.longValue()));
        },
        encoder::applyAsLong);
  }

  private static String shown(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
