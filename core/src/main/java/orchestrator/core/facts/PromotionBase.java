package orchestrator.core.facts;

import java.util.Optional;
import orchestrator.core.gtid.BinlogCoordinates;
import orchestrator.core.topology.InstanceKey;

/**
 * Where a server stood when it was about to be promoted, where no GTIDs tell it: after its
 * replication was stopped, and before it could take a write. Taken once; a later look would leave
 * out what was written in between.
 *
 * @param executed what it had applied, in the log of the failed master
 * @param position the end of its own log at that moment: who had applied as much goes on from here;
 *     empty when it took writes of its own, so that nobody can
 */
public record PromotionBase(
    InstanceKey candidate, BinlogCoordinates executed, Optional<BinlogCoordinates> position) {}
