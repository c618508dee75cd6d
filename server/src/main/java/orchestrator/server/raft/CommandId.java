package orchestrator.server.raft;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a submission, so that its outcome can be asked for later. It can be in the log only as an
 * entry of its term: once an entry of a newer term was applied, a submission that was not applied
 * before never will be (Raft's log matching and leader completeness, dissertation §3.5, §3.6).
 */
record CommandId(long term, UUID random) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})-([0-9a-f-]{36})");

  static CommandId of(long term) {
    return new CommandId(term, UUID.randomUUID());
  }

  static Optional<CommandId> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CommandId(Long.parseLong(matcher.group(1)), UUID.fromString(matcher.group(2))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return term + "-" + random;
  }
}
