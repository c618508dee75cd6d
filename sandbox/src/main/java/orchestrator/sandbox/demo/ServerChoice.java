package orchestrator.sandbox.demo;

import java.io.IOException;
import java.util.Optional;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.install.Installation;

/** Which servers the demo starts, where nobody has said: the usual ones, if they run here. */
final class ServerChoice {
  static final ServerKind USUAL = ServerKind.MYSQL_8_0;

  /** What needs nothing of the machine. */
  private static final ServerKind INSTEAD = ServerKind.MARIADB_11_4;

  /** Makes sure that servers of a kind can be started. */
  interface Installer {
    /**
     * @throws Installation.LibrariesMissing naming what the machine lacks
     * @throws IOException when the server cannot be had for another reason
     */
    void install(ServerKind kind) throws IOException;
  }

  private ServerChoice() {}

  /** The wish, whether or not it can be had; without one, what can. */
  static ServerKind of(Optional<ServerKind> wish, Installer installer, Screen screen) {
    if (wish.isPresent()) {
      return wish.get();
    }
    try {
      installer.install(USUAL);
    } catch (Installation.LibrariesMissing e) {
      String version = INSTEAD.version();
      screen.say("servers", "MariaDB " + version + " instead of MySQL: " + e.inShort());
      return INSTEAD;
    } catch (IOException e) {
      // Starting them fails in the same way, and says so.
      return USUAL;
    }
    return USUAL;
  }
}
