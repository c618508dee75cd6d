package orchestrator.server.mysql;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import orchestrator.core.topology.GroupMembership;
import orchestrator.core.topology.InstanceKey;

/** Reads the members of a replication group as one of them lists them. */
final class GroupRows {
  private GroupRows() {}

  /** Empty for a server that is in no group, or in one with several primaries. */
  static Optional<GroupMembership> read(
      Table table, String ownUuid, Function<String, String> resolve) {
    Optional<InstanceKey> primary = Optional.empty();
    Set<InstanceKey> others = new HashSet<>();
    int own = -1;
    for (int row = 0; row < table.size(); row++) {
      if (!ProbePacket.isOn(table.text(row, "single_primary"))) {
        return Optional.empty();
      }
      Optional<InstanceKey> key = key(table, row, resolve);
      if (table.text(row, "member_role").equals("PRIMARY")) {
        primary = key;
      }
      if (table.text(row, "member_id").equalsIgnoreCase(ownUuid)) {
        own = row;
      } else {
        key.ifPresent(others::add);
      }
    }
    if (own < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new GroupMembership(
            table.text(own, "group_name"),
            true,
            table.text(own, "member_role"),
            table.text(own, "member_state"),
            others,
            primary));
  }

  private static Optional<InstanceKey> key(Table table, int row, Function<String, String> resolve) {
    String host = table.text(row, "member_host");
    long port = ProbePacket.parseLong(table.text(row, "member_port"));
    return host.isEmpty() || port <= 0 || port > 65535
        ? Optional.empty()
        : Optional.of(new InstanceKey(resolve.apply(host), (int) port));
  }
}
