package orchestrator.core.facts;

import java.time.Instant;

/** A person has taken note of a recovery: it blocks no further one. */
public record Acknowledgement(String by, String comment, Instant at) {
  /** Who acknowledges when a person's recovery of the same server supersedes an earlier one. */
  private static final String OURSELVES = "orchestrator";

  /** Of what came before a recovery that a person asked for. */
  public static Acknowledgement implied(String recoveryUid, Instant at) {
    return new Acknowledgement(
        OURSELVES,
        "Acknowledged implicitly: recovery " + recoveryUid + " was asked for by a person",
        at);
  }

  public boolean isImplied() {
    return by.equals(OURSELVES);
  }
}
