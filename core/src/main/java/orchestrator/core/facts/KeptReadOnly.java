package orchestrator.core.facts;

import java.time.Instant;
import orchestrator.core.topology.InstanceKey;

/**
 * A server that a recovery made writable, or replaced as a master, and that is to take no writes as
 * a replica: its configuration file may make it writable whenever it is restarted.
 *
 * @param recoveryUid of the recovery that knows why
 */
public record KeptReadOnly(InstanceKey key, String recoveryUid, Instant since) {
  /** The same server by another name. */
  public KeptReadOnly withKey(InstanceKey name) {
    return new KeptReadOnly(name, recoveryUid, since);
  }
}
