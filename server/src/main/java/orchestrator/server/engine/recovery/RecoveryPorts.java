package orchestrator.server.engine.recovery;

import java.time.InstantSource;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Hooks;
import orchestrator.server.engine.Servers;
import orchestrator.server.engine.discovery.Picture;

/** What a recovery acts through. */
public record RecoveryPorts(
    Servers servers,
    Consensus consensus,
    Hooks hooks,
    Picture picture,
    Trail trail,
    InstantSource clock) {}
