package orchestrator.server.mysql;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.mysql.TopologyAccess.Discovery;

/**
 * The replicas that a server knows of, joined from two sources that each lack something: replicas
 * that registered themselves tell their port, but a host only when {@code report_host} is set; dump
 * threads tell the host, but not the port the replica listens on.
 */
final class ReplicaList {
  private final Discovery discovery;
  private final Function<String, String> resolve;

  /**
   * @param resolve to the name a server is known by
   */
  ReplicaList(Discovery discovery, Function<String, String> resolve) {
    this.discovery = discovery;
    this.resolve = resolve;
  }

  /** A replica that registered itself; the host may be empty. */
  record Registered(String host, int port, String user) {}

  /**
   * A connected dump thread.
   *
   * @param host without the port of the connection
   */
  record DumpThread(String host, String user) {}

  static List<Registered> registered(Table table) {
    Set<Registered> rows = new HashSet<>();
    for (int row = 0; row < table.size(); row++) {
      long port = ProbePacket.parseLong(table.text(row, "port"));
      if (port > 0 && port <= 65535) {
        rows.add(new Registered(table.text(row, "host"), (int) port, table.text(row, "user")));
      }
    }
    return List.copyOf(rows);
  }

  static List<DumpThread> dumpThreads(Table table) {
    Set<DumpThread> rows = new HashSet<>();
    for (int row = 0; row < table.size(); row++) {
      String host = withoutPort(table.text(row, "dump_host"));
      if (!host.isEmpty()) {
        rows.add(new DumpThread(host, table.text(row, "dump_user")));
      }
    }
    return List.copyOf(rows);
  }

  private static String withoutPort(String address) {
    int colon = address.lastIndexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  /** The replicas of {@code self}, filtered as configured. */
  Set<InstanceKey> join(InstanceKey self, List<Registered> registered, List<DumpThread> threads) {
    Set<InstanceKey> named = new TreeSet<>();
    for (Registered replica : registered) {
      if (!replica.host().isEmpty()) {
        add(named, self, replica.host(), replica.port(), replica.user());
      }
    }
    if (discovery.preferRegistered() && !named.isEmpty()) {
      return named;
    }
    Set<InstanceKey> connected = new TreeSet<>();
    for (DumpThread thread : threads) {
      Set<Integer> ports = portsOf(thread.host(), registered);
      if (ports.isEmpty() && !discovery.preferRegistered()) {
        // All that is left is to assume that replicas listen where their source does. Where they
        // are asked to register, one that does not is just leaving: a server forgets a replica
        // before its dump thread ends.
        ports.add(self.port());
      }
      for (int port : ports) {
        add(connected, self, thread.host(), port, thread.user());
      }
    }
    // Who is connected tells its user, who registered does not: a filter must not be evaded so.
    boolean filtered = threads.stream().anyMatch(thread -> isIgnoredUser(thread.user()));
    return connected.isEmpty() && !filtered ? named : connected;
  }

  private Set<Integer> portsOf(String host, List<Registered> registered) {
    Set<Integer> ports = new TreeSet<>();
    for (Registered replica : registered) {
      boolean sameHost =
          replica.host().equalsIgnoreCase(host)
              || (!replica.host().isEmpty()
                  && resolve.apply(replica.host()).equals(resolve.apply(host)));
      if (sameHost) {
        ports.add(replica.port());
      }
    }
    if (ports.isEmpty()) {
      registered.stream()
          .filter(replica -> replica.host().isEmpty())
          .forEach(replica -> ports.add(replica.port()));
    }
    return ports;
  }

  private void add(
      Set<InstanceKey> replicas, InstanceKey self, String host, int port, String user) {
    InstanceKey key = new InstanceKey(resolve.apply(host), port);
    boolean ignored = discovery.ignoredReplica().test(key) || isIgnoredUser(user);
    if (!ignored && !key.equals(self) && key.isValid()) {
      replicas.add(key);
    }
  }

  private boolean isIgnoredUser(String user) {
    return !user.isEmpty() && discovery.ignoredReplicationUser().test(user);
  }
}
