package orchestrator.server.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;
import orchestrator.server.engine.Requester;

/**
 * One request, taken apart.
 *
 * @param commandId under which the one command of it is to be committed
 */
record Call(
    Map<String, String> arguments,
    Map<String, String> query,
    Caller caller,
    Optional<String> commandId,
    Supplier<Picture> pictures) {
  /** The query parameter that asks for a plan only. */
  static final String DRY_RUN = "dry-run";

  private static final Duration NOT_LONG = Duration.ofMinutes(10);

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})([smhdw])");

  /** The same picture throughout the request; made when it is first asked for. */
  Picture picture() {
    return pictures.get();
  }

  /** A path argument, which the route declares. */
  String argument(String name) {
    String value = arguments.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no argument " + name);
    }
    return value;
  }

  /** A path argument without space around it, which must not be empty. */
  String trimmed(String name) {
    String value = argument(name).trim();
    if (value.isEmpty()) {
      throw ApiException.badRequest("The " + name + " must not be empty");
    }
    return value;
  }

  /** How long what is asked for is to last, {@code :duration}: 10 minutes if it is not said. */
  Duration lasting() {
    Duration given = optional("duration").map(Call::duration).orElse(NOT_LONG);
    return given.isZero() ? NOT_LONG : given;
  }

  Optional<String> optional(String name) {
    return Optional.ofNullable(arguments.get(name));
  }

  /** A query parameter without space around it; empty ones do not count. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name)).map(String::trim).filter(v -> !v.isEmpty());
  }

  boolean flag(String name) {
    return parameter(name).filter("true"::equals).isPresent();
  }

  /**
   * Whether a plan is wanted, and no change. What is neither yes nor no is refused: nothing may be
   * changed because the wish that it be not was misspelt.
   */
  boolean isDryRun() {
    String wish = query.getOrDefault(DRY_RUN, "false").trim();
    if (!wish.equals("true") && !wish.equals("false")) {
      throw ApiException.badRequest(
          "dry-run must be true or false, got '" + wish + "': nothing was done");
    }
    return wish.equals("true");
  }

  /** {@code :host/:port} of the path. */
  InstanceKey key() {
    return Lookup.parse(argument("host"), argument("port"));
  }

  /** A second pair of the path, if the route has it. */
  Optional<InstanceKey> key(String hostArgument, String portArgument) {
    return optional(hostArgument).map(host -> Lookup.parse(host, argument(portArgument)));
  }

  /** The picture as it is now: after a change, with what the change has brought. */
  Picture renewed(Operations operations) {
    return new Picture(operations.world(), picture().now(), picture().settings());
  }

  Lookup lookup() {
    return new Lookup(picture());
  }

  /** The page asked for; whatever is no page is the first. */
  int page() {
    return optional("page").filter(p -> p.matches("[0-9]{1,6}")).map(Integer::parseInt).orElse(0);
  }

  /** The authenticated user, else the node itself. */
  Requester requester() {
    return requester(picture().world().node().hostname());
  }

  /** The authenticated user, else who the request says it is from. */
  Requester requester(String claimed) {
    return new Requester(caller.user().orElse(claimed), commandId);
  }

  /** Digits and one of {@code s m h d w}. */
  static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw ApiException.badRequest(
          "Invalid duration: " + text + ". Use a number and one of s m h d w, for example 30m");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofDays(7 * count);
    };
  }
}
