package orchestrator.server.observe;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what was done, in every sink that is configured; without any, in the application's log.
 */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

  private final InstantSource clock;
  private final List<AuditSink> sinks;

  public Audit(InstantSource clock, List<AuditSink> sinks) {
    this.clock = clock;
    this.sinks = List.copyOf(sinks);
  }

  /**
   * @param type see {@link AuditRecord#type()}
   */
  public void record(String type, Optional<InstanceKey> key, String clusterName, String message) {
    AuditRecord entry = new AuditRecord(clock.instant(), type, key, clusterName, message);
    if (sinks.isEmpty()) {
      LOG.info("{}", describe(entry));
    }
    sinks.forEach(sink -> sink.audit(entry));
  }

  static String describe(AuditRecord entry) {
    return "auditType:%s instance:%s cluster:%s message:%s"
        .formatted(
            entry.type(),
            entry.key().map(InstanceKey::displayString).orElse(""),
            entry.clusterName(),
            entry.message());
  }
}
