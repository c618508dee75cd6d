package orchestrator.server.observe;

import java.time.Instant;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;

/**
 * Something that was done.
 *
 * @param type for example {@code begin-downtime}
 * @param key the server it is about, if about one
 * @param clusterName the cluster of that server; empty when unknown
 * @param message for people; who asked, if somebody did
 */
public record AuditRecord(
    Instant at, String type, Optional<InstanceKey> key, String clusterName, String message) {}
