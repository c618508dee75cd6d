package orchestrator.core.topology;

/**
 * Who a server says it is.
 *
 * @param serverId {@code @@server_id}
 * @param serverUuid {@code @@server_uuid}; empty where the flavour has none
 * @param hostname {@code @@hostname}
 * @param reportHost {@code @@report_host}, empty when unset
 * @param uptimeSeconds status {@code Uptime}
 */
public record Identity(
    long serverId,
    String serverUuid,
    ServerVersion version,
    String hostname,
    String reportHost,
    long uptimeSeconds) {
  public static final Identity UNKNOWN = new Identity(0, "", ServerVersion.UNKNOWN, "", "", 0);
}
