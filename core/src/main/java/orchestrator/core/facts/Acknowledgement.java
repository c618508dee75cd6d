package orchestrator.core.facts;

import java.time.Instant;

/** A person has taken note of a recovery: it blocks no further one. */
public record Acknowledgement(String by, String comment, Instant at) {}
