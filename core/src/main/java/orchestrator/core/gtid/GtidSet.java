package orchestrator.core.gtid;

public interface GtidSet {}
