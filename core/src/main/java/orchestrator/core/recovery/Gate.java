package orchestrator.core.recovery;

/**
 * One condition for a recovery to begin.
 *
 * @param name a word or two: {@code cluster filter}, {@code downtime} …
 * @param open whether it lets this recovery through
 * @param overridden whether it would be closed for an automatic recovery, and is open because a
 *     person asked
 * @param explanation why, for people
 */
public record Gate(String name, boolean open, boolean overridden, String explanation) {}
