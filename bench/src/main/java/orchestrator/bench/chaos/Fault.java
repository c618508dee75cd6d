package orchestrator.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something that is going to go wrong.
 *
 * @param number from 1
 * @param start since the beginning of the run
 * @param lasting until it is made good
 * @param pick chooses among several, see {@link Target#among}
 */
record Fault(int number, Duration start, Duration lasting, Kind kind, Target target, int pick) {

  /** What happens. */
  enum Kind {
    /** SIGKILL, and a start on the same data at the end. */
    KILL,
    /** SIGSTOP, and SIGCONT at the end. */
    FREEZE,
    /** A clean stop, and a start at the end. */
    STOP,
    /** Cut off from all others. */
    CUT,
    /** Hears nobody. */
    DEAFEN,
    /** Is heard by nobody. */
    MUTE,
    /** A third of its packets are lost, either way. */
    LOSE,
    /** What it sends and gets queues up, and comes late. */
    SLOW;

    boolean isOfLinks() {
      return switch (this) {
        case CUT, DEAFEN, MUTE, LOSE, SLOW -> true;
        case KILL, FREEZE, STOP -> false;
      };
    }
  }

  /**
   * Who is there.
   *
   * @param leader one of the nodes; empty while there is none
   * @param master one of the servers
   */
  record Cast(
      List<String> nodes, List<String> servers, Optional<String> leader, Optional<String> master) {
    Cast {
      nodes = List.copyOf(nodes);
      servers = List.copyOf(servers);
    }
  }

  /** Whom it hits. */
  enum Target {
    NODE,
    SERVER,
    LEADER,
    MASTER,
    LEADER_AND_MASTER,
    /** As if one of each were in the same data center. */
    NODE_AND_SERVER;

    /** Names of those hit; a role that nobody has is taken by the one that was picked. */
    List<String> among(Cast cast, int pick) {
      String node = cast.nodes().get(pick % cast.nodes().size());
      String server = cast.servers().get(pick % cast.servers().size());
      List<String> hit = new ArrayList<>();
      switch (this) {
        case NODE -> hit.add(node);
        case SERVER -> hit.add(server);
        case LEADER -> hit.add(cast.leader().orElse(node));
        case MASTER -> hit.add(cast.master().orElse(server));
        case LEADER_AND_MASTER -> {
          hit.add(cast.leader().orElse(node));
          hit.add(cast.master().orElse(server));
        }
        case NODE_AND_SERVER -> {
          hit.add(node);
          hit.add(server);
        }
      }
      return List.copyOf(hit);
    }
  }

  /** Whether a master that this ended takes writes when it is started again. */
  boolean comesBackWritable() {
    return (kind == Kind.KILL || kind == Kind.STOP) && pick % 2 == 0;
  }

  @Override
  public String toString() {
    return "#%d %s of %s for %d ms".formatted(number, kind, target, lasting.toMillis());
  }
}
