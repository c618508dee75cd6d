package orchestrator.core.facts;

/**
 * A manager node, as it introduced itself to its group when it began to lead.
 *
 * @param name unique in the group
 * @param httpUri base URL of its HTTP service, empty if it has none
 * @param dataCenter where it stands, empty if not configured
 * @param version of its program
 */
public record ManagerNode(String name, String httpUri, String dataCenter, String version) {}
