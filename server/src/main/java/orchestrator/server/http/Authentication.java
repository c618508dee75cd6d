package orchestrator.server.http;

import java.util.List;

/** How users are known, and what that entitles them to. */
public sealed interface Authentication {
  /** Everybody reads and acts. */
  record None() implements Authentication {}

  /** One name and password, for every path. */
  record Basic(String user, String password) implements Authentication {}

  /** As {@link Basic}; besides, the user {@code readonly} with any password may read. */
  record Multi(String user, String password) implements Authentication {}

  /**
   * A proxy in front says who the user is; everybody may read.
   *
   * @param header compared without regard to case
   * @param powerUsers who may act; {@code *} is everybody
   * @param powerGroups Unix groups whose members may act
   */
  record Proxy(String header, List<String> powerUsers, List<String> powerGroups)
      implements Authentication {
    public Proxy {
      powerUsers = List.copyOf(powerUsers);
      powerGroups = List.copyOf(powerGroups);
    }
  }

  /** Everybody reads, nobody acts. */
  record NobodyActs() implements Authentication {}
}
