package orchestrator.sandbox.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a process runs: the address that it listens on and is known by, and how it gets there.
 *
 * @param host a literal address
 * @param peers the addresses of all that talk to it, as a MySQL account's host: {@code 127.%}
 * @param commandPrefix goes before the program's own command; it must become the program ({@code
 *     exec}), so that the process id is the program's
 */
public record Placement(String host, String peers, List<String> commandPrefix) {
  /** On 127.0.0.1. */
  public static final Placement LOOPBACK = new Placement("127.0.0.1", "127.%", List.of());

  public Placement {
    commandPrefix = List.copyOf(commandPrefix);
  }

  /** The command that runs a program there. */
  public List<String> command(List<String> program) {
    List<String> whole = new ArrayList<>(commandPrefix);
    whole.addAll(program);
    return List.copyOf(whole);
  }
}
