package orchestrator.core.recovery;

/**
 * The addresses of a host name, as last resolved; empty texts when unknown.
 *
 * @param ipv4 dotted form
 * @param ipv6 without brackets
 */
public record HostAddresses(String ipv4, String ipv6) {
  public static final HostAddresses UNKNOWN = new HostAddresses("", "");
}
