package orchestrator.sandbox.install;

/**
 * A published archive that holds a server program for Linux on x86-64.
 *
 * @param label short name, used for folders and on command lines
 * @param version of the server program
 * @param artifact Maven coordinates, {@code group:artifact:version}
 * @param packing how the program lies in the artifact
 * @param program path of the server program below the unpacked folder
 */
public record Distribution(
    String label, String version, String artifact, Packing packing, String program) {

  /** How the program lies in the artifact. */
  public enum Packing {
    /** The jar holds {@code mysql-Linux-amd64.tar.gz}. */
    TARBALL_IN_JAR,
    /** The jar holds the files themselves, below a folder {@code linux/}. */
    FILES_IN_JAR
  }

  /**
   * Whether this is MariaDB: it brings all the libraries it needs, and is initialised in another
   * way.
   */
  public boolean isMariaDb() {
    return program.endsWith("mariadbd");
  }

  /** Name of its folder in the cache. */
  public String folder() {
    return label.substring(0, label.indexOf('-')) + "-" + version;
  }
}
