package orchestrator.sandbox.install;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * An initialised data directory with the sandbox's accounts, made once per server version and
 * copied for each server: a copy takes a fraction of the seconds that initialising takes.
 */
public final class Template {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** To be raised when {@link #initialise} makes something else of the same input. */
  private static final int REVISION = 1;

  /** Layout of the files; servers that use a copy need the same settings. */
  private static final List<String> LAYOUT =
      List.of("--innodb-data-file-path=ibdata1:5M:autoextend", "--innodb-autoextend-increment=1");

  /** The certificate in a MariaDB template, self-signed. */
  public static final String CERTIFICATE = "server-cert.pem";

  /** The key in a MariaDB template. */
  public static final String KEY = "server-key.pem";

  private Template() {}

  /** Settings, as lines of an option file, that a server on a copy of the template must have. */
  public static List<String> settings(Distribution distribution) {
    List<String> settings = new ArrayList<>();
    for (String option : options(distribution)) {
      settings.add(option.substring("--".length()));
    }
    return List.copyOf(settings);
  }

  private static List<String> options(Distribution distribution) {
    List<String> options = new ArrayList<>(LAYOUT);
    options.addAll(
        switch (distribution.label()) {
          case "mysql-8.0" -> List.of("--innodb-redo-log-capacity=8M");
          case "mysql-5.7" -> List.of("--innodb-log-file-size=4M");
          default -> List.of("--innodb-log-file-size=4M", "--innodb-undo-tablespaces=0");
        });
    return List.copyOf(options);
  }

  /** Returns the template's folder, made on first use. */
  public static Path of(Installation installation) throws IOException {
    String accounts = accounts(installation.distribution());
    CRC32 fingerprint = new CRC32();
    fingerprint.update(REVISION);
    fingerprint.update(accounts.getBytes(StandardCharsets.UTF_8));
    fingerprint.update(
        options(installation.distribution()).toString().getBytes(StandardCharsets.UTF_8));
    String name =
        String.format(
            Locale.ROOT,
            "templates/%s-%08x",
            installation.distribution().folder(),
            fingerprint.getValue());
    return Cache.complete(name, folder -> initialise(installation, accounts, folder));
  }

  private static String accounts(Distribution distribution) throws IOException {
    String name = distribution.label() + ".sql";
    try (InputStream content = Template.class.getResourceAsStream(name)) {
      if (content == null) {
        throw new IOException("Resource " + name + " is missing");
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Statements, one a line, that give a server on a copy of the template the same accounts for
   * other addresses, and may be repeated. They are kept out of its binary log.
   *
   * @param peers host of the accounts, such as {@code 10.%}
   */
  public static List<String> accountsFor(Distribution distribution, String peers)
      throws IOException {
    List<String> statements = new ArrayList<>(List.of("SET SESSION sql_log_bin=0;"));
    accounts(distribution)
        .lines()
        .filter(line -> line.contains("'127.%'"))
        .map(line ->
            line.replace("'127.%'", "'" + peers + "'")
                .replace("CREATE USER", "CREATE USER IF NOT EXISTS"))
        .forEach(statements::add);
    return List.copyOf(statements);
  }

  private static void initialise(Installation installation, String accounts, Path folder)
      throws IOException {
    Path scratch = Files.createTempDirectory("orchestrator-template-");
    try {
      Commands.Outcome outcome =
          installation.distribution().isMariaDb()
              ? bootstrapMariaDb(installation, accounts, folder, scratch)
              : initialiseMySql(installation, accounts, folder, scratch);
      if (!outcome.succeeded()) {
        throw new IOException(
            "Cannot initialise " + installation.distribution().folder() + ":\n" + outcome.tail());
      }
      Files.deleteIfExists(folder.resolve("auto.cnf")); // each server must get a UUID of its own
    } finally {
      Cache.delete(scratch);
    }
  }

  private static Commands.Outcome initialiseMySql(
      Installation installation, String accounts, Path folder, Path scratch) throws IOException {
    Path init = Files.writeString(scratch.resolve("init.sql"), accounts);
    List<String> command = command(installation, folder);
    command.addAll(
        List.of(
            "--initialize-insecure",
            "--init-file=" + init,
            "--lc-messages-dir=" + installation.home().resolve("share"),
            "--innodb-use-native-aio=OFF"));
    return Commands.run(scratch, installation.environment(), Path.of("/dev/null"), LIMIT, command);
  }

  /** What {@code mariadb-install-db} does, without the script's search for folders. */
  private static Commands.Outcome bootstrapMariaDb(
      Installation installation, String accounts, Path folder, Path scratch) throws IOException {
    Path share = installation.home().resolve("share");
    StringBuilder sql = new StringBuilder("CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\n");
    for (String script :
        List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql")) {
      sql.append(Files.readString(share.resolve(script), StandardCharsets.UTF_8)).append('\n');
    }
    sql.append("FLUSH PRIVILEGES;\n").append(accounts);
    Path input = Files.writeString(scratch.resolve("bootstrap.sql"), sql);
    Files.createDirectory(folder.resolve("mysql"));
    SelfSigned.write(scratch, folder.resolve(CERTIFICATE), folder.resolve(KEY));
    List<String> command = command(installation, folder);
    command.addAll(
        List.of(
            "--bootstrap",
            "--skip-ssl",
            "--enforce-storage-engine=",
            "--lc-messages-dir=" + share,
            "--max-allowed-packet=8M",
            "--net-buffer-length=16K"));
    return Commands.run(scratch, installation.environment(), input, LIMIT, command);
  }

  private static List<String> command(Installation installation, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(installation.program().toString());
    command.add("--no-defaults");
    if (runsAsRoot()) {
      command.add("--user=root");
    }
    command.addAll(
        List.of(
            "--datadir=" + folder,
            "--basedir=" + installation.home(),
            "--innodb-doublewrite=OFF",
            "--innodb-buffer-pool-size=32M",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-log-bin"));
    command.addAll(options(installation.distribution()));
    return command;
  }

  /** Servers refuse to run as root unless told to. */
  public static boolean runsAsRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
