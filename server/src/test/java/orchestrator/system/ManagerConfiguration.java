package orchestrator.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orchestrator.sandbox.Account;
import tools.jackson.databind.ObjectMapper;

/** The configuration file of a manager under test: quick polls, and whatever a test adds. */
record ManagerConfiguration(Map<String, Object> keys) {
  static final String ALIAS = "shop";
  static final int POLL_SECONDS = 1;

  ManagerConfiguration {
    keys = Map.copyOf(keys);
  }

  static ManagerConfiguration quick() {
    return new ManagerConfiguration(
        Map.of(
            "MySQLTopologyUser",
            Account.ORCHESTRATOR.user(),
            "MySQLTopologyPassword",
            Account.ORCHESTRATOR.password(),
            "HostnameResolveMethod",
            "none",
            "MySQLHostnameResolveMethod",
            "none",
            "DiscoverByShowSlaveHosts",
            true,
            "InstancePollSeconds",
            POLL_SECONDS,
            "ClusterNameToAlias",
            Map.of("127.0.0.1", ALIAS),
            "RecoverMasterClusterFilters",
            List.of("*"),
            "BackendDB",
            "sqlite"));
  }

  ManagerConfiguration with(String key, Object value) {
    Map<String, Object> more = new TreeMap<>(keys);
    more.put(key, value);
    return new ManagerConfiguration(more);
  }

  ManagerConfiguration withElectionTimeouts(int minMilliseconds, int maxMilliseconds) {
    return with("RaftElectionTimeoutMinMilliseconds", minMilliseconds)
        .with("RaftElectionTimeoutMaxMilliseconds", maxMilliseconds);
  }

  static Path fileIn(Path folder) {
    return folder.resolve("orchestrator.conf.json");
  }

  /** Writes it into a folder, beside the state that it names there. */
  Path write(Path folder) {
    ManagerConfiguration complete =
        keys.containsKey("SQLite3DataFile")
            ? this
            : with("SQLite3DataFile", folder.resolve("orchestrator.db").toString());
    try {
      return Files.writeString(
          fileIn(folder), new ObjectMapper().writeValueAsString(complete.keys()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
