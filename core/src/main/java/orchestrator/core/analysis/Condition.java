package orchestrator.core.analysis;

import java.util.function.Supplier;

/**
 * One condition for something to be done about a diagnosis.
 *
 * @param name a word or two
 * @param explanation for people, met or not; asked for only when somebody wants to know
 */
public record Condition(String name, boolean met, Supplier<String> explanation) {}
