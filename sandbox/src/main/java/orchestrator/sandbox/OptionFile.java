package orchestrator.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.install.Installation;
import orchestrator.sandbox.install.Template;

/** The {@code my.cnf} of one server: little memory, GTID, row format, relaxed syncing. */
final class OptionFile {
  private static final List<String> COMMON =
      List.of(
          "[mysqld]",
          "skip-name-resolve",
          "log-bin=binlog",
          "relay-log=relay",
          "binlog-format=ROW",
          "log-slave-updates=ON",
          "relay-log-recovery=ON",
          // Killing a process loses no page cache, so syncing to disk would only cost time.
          "sync-binlog=0",
          "innodb-flush-log-at-trx-commit=2",
          "innodb-doublewrite=OFF",
          // Each server with native AIO takes about 2300 of the machine's 65536 aio slots: room for
          // 28 servers.
          "innodb-use-native-aio=OFF",
          "innodb-buffer-pool-size=8M",
          "innodb-log-buffer-size=2M",
          "innodb-buffer-pool-dump-at-shutdown=OFF",
          "innodb-buffer-pool-load-at-startup=OFF",
          "key-buffer-size=1M",
          "max-connections=200",
          "table-open-cache=200",
          "table-definition-cache=400",
          "thread-cache-size=8");

  private static final List<String> MYSQL =
      List.of(
          "gtid-mode=ON",
          "enforce-gtid-consistency=ON",
          "master-info-repository=TABLE",
          "relay-log-info-repository=TABLE",
          "explicit-defaults-for-timestamp=ON",
          "innodb-purge-threads=1",
          // On, as performance_schema.processlist is how dump threads are found, but with nothing
          // measured.
          "performance-schema=ON",
          "performance-schema-instrument='%=OFF'",
          "performance-schema-instrument='thread/%=ON'",
          "performance-schema-digests-size=0",
          "performance-schema-events-statements-history-long-size=0",
          "performance-schema-events-statements-history-size=0",
          "performance-schema-events-transactions-history-long-size=0",
          "performance-schema-events-transactions-history-size=0",
          "performance-schema-events-stages-history-long-size=0",
          "performance-schema-events-stages-history-size=0",
          "performance-schema-events-waits-history-long-size=0",
          "performance-schema-events-waits-history-size=0",
          "performance-schema-max-mutex-instances=0",
          "performance-schema-max-rwlock-instances=0",
          "performance-schema-max-cond-instances=0",
          "performance-schema-max-file-instances=0",
          "performance-schema-max-table-instances=0",
          "performance-schema-max-table-handles=0",
          "performance-schema-max-thread-instances=300",
          "performance-schema-max-memory-classes=0",
          "performance-schema-max-prepared-statements-instances=0",
          "performance-schema-max-program-instances=0",
          "performance-schema-max-metadata-locks=0",
          "performance-schema-max-socket-instances=0");

  private OptionFile() {}

  static List<String> lines(
      SandboxSpec.Node node, Profile profile, Installation installation, Endpoint endpoint) {
    List<String> lines = new ArrayList<>(COMMON);
    Path folder = endpoint.folder();
    lines.add("bind-address=" + node.placement().host());
    lines.add("report-host=" + node.placement().host());
    lines.add("basedir=" + installation.home());
    lines.add("lc-messages-dir=" + installation.home().resolve("share"));
    lines.add("datadir=" + folder.resolve("data"));
    lines.add("socket=" + folder.resolve("sock"));
    lines.add("pid-file=" + folder.resolve("pid"));
    lines.add("port=" + endpoint.port());
    lines.add("report-port=" + endpoint.port());
    lines.add("server-id=" + endpoint.serverId());
    lines.add("read-only=" + (node.writable() ? "OFF" : "ON"));
    if (Template.runsAsRoot()) {
      lines.add("user=root");
    }
    if (profile == Profile.TUNED) {
      lines.add("slave-net-timeout=4");
    }
    endpoint.initFile().ifPresent(file -> lines.add("init-file=" + file));
    lines.addAll(Template.settings(installation.distribution()));
    switch (node.kind()) {
      case MYSQL_8_0 -> {
        lines.addAll(MYSQL);
        lines.add("mysqlx=OFF");
        lines.add("default-authentication-plugin=mysql_native_password");
        lines.add("performance-schema-error-size=0");
        lines.add("log-error-verbosity=2");
      }
      case MYSQL_5_7 -> {
        lines.addAll(MYSQL);
        lines.add("ssl=OFF");
        lines.add("log-error-verbosity=2");
      }
      case MARIADB_11_4 -> {
        // A replica of 11.4 insists on TLS unless told otherwise, and a server without a key makes
        // one of 4096 bits at
        // each start, which takes seconds.
        lines.add("ssl-cert=" + folder.resolve("data/" + Template.CERTIFICATE));
        lines.add("ssl-key=" + folder.resolve("data/" + Template.KEY));
        lines.add("gtid-strict-mode=ON");
        lines.add("gtid-domain-id=0");
        lines.add("aria-pagecache-buffer-size=1M");
      }
    }
    lines.addAll(node.settings());
    return List.copyOf(lines);
  }

  /**
   * Where one server lives.
   *
   * @param initFile statements that it runs at each start
   */
  record Endpoint(Path folder, int port, int serverId, Optional<Path> initFile) {}
}
