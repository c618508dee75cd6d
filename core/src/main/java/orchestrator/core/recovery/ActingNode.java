package orchestrator.core.recovery;

/**
 * The manager that acts.
 *
 * @param name unique among the managers
 * @param hostname for hooks; several managers may share a host
 * @param term of its leadership: it grows with each leader; 0 for one that only plans
 */
public record ActingNode(String name, String hostname, long term) {}
