package orchestrator.core.facts;

import java.time.Instant;
import orchestrator.core.topology.InstanceKey;

/**
 * A former master that must not take writes again. It is watched each second, and set read-only on
 * sight, until a person says otherwise or it replicates again.
 *
 * @param successor the server that was promoted in its place
 */
public record DemotedMaster(
    InstanceKey key, String recoveryUid, InstanceKey successor, Instant since) {}
