package orchestrator.server.observe;

/** A place where the audit is kept. */
@FunctionalInterface
public interface AuditSink {
  /** Keeps a record, at once or soon; must neither wait long nor throw. */
  void audit(AuditRecord entry);
}
