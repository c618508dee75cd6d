package orchestrator.core.recovery;

import java.util.List;
import orchestrator.core.state.Command.PutKeyValue;
import orchestrator.core.topology.InstanceKey;

/** How a cluster's master is written into key-value stores. */
public final class KeyValues {
  private KeyValues() {}

  /**
   * The five entries of a cluster: the address, and below it host name, port, and IP addresses.
   *
   * @param prefix {@code KVClusterMasterPrefix}; one slash is put behind it unless it is empty
   * @param alias the cluster's alias, or its name when it has none
   */
  public static List<PutKeyValue> ofMaster(
      String prefix, String alias, InstanceKey master, HostAddresses addresses) {
    String trimmed = prefix.replaceAll("^/+|/+$", "");
    String key = trimmed.isEmpty() ? alias : trimmed + "/" + alias;
    return List.of(
        new PutKeyValue(key, master.displayString()),
        new PutKeyValue(key + "/hostname", master.hostname()),
        new PutKeyValue(key + "/port", Integer.toString(master.port())),
        new PutKeyValue(key + "/ipv4", ipv4(master, addresses)),
        new PutKeyValue(key + "/ipv6", ipv6(master, addresses)));
  }

  private static String ipv4(InstanceKey master, HostAddresses addresses) {
    return master.hostname().matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
        ? master.hostname()
        : addresses.ipv4();
  }

  private static String ipv6(InstanceKey master, HostAddresses addresses) {
    return master.hostname().indexOf(':') >= 0 ? master.hostname() : addresses.ipv6();
  }
}
