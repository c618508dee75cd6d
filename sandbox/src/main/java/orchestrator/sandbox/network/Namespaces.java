package orchestrator.sandbox.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import orchestrator.sandbox.install.Commands;
import orchestrator.sandbox.install.PacketFilter;

/**
 * The namespaces and links of one network, by its number: one namespace for each site, and one in
 * the middle with a bridge, to which the machine is linked too. (A bridge in the machine's own
 * namespace would be subject to the machine's packet filter.)
 */
final class Namespaces {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern NAME = Pattern.compile("^orch(\\d{1,3})(?:-|$)");
  private static final Path FOLDER = Path.of("/run/netns");
  private static final String MIDDLE = "middle";

  /** A probe of a server takes some tenths of a second then. */
  private static final String SLOW_RATE = "256kbit";

  private static final String LONGEST_WAIT = "2s";

  private final int number;
  private final PacketFilter filter;

  Namespaces(int number, PacketFilter filter) {
    this.number = number;
    this.filter = filter;
  }

  /** Makes the bridge and gives the machine an address on it. */
  void createMiddle(String machineAddress) throws IOException {
    String middle = namespace(MIDDLE);
    ip("netns", "add", middle);
    ip("-n", middle, "link", "add", "bridge", "type", "bridge");
    ip("-n", middle, "link", "set", "dev", "bridge", "up");
    ip("link", "add", machineLink(), "type", "veth", "peer", "name", "machine", "netns", middle);
    attach("machine");
    ip("addr", "add", machineAddress + "/24", "dev", machineLink());
    ip("link", "set", "dev", machineLink(), "up");
  }

  void createSite(String site) throws IOException {
    String namespace = namespace(site);
    ip("netns", "add", namespace);
    ip(
        List.of("-n", namespace, "link", "add", "eth0", "type", "veth"),
        List.of("peer", "name", site, "netns", namespace(MIDDLE)));
    attach(site);
    ip("-n", namespace, "link", "set", "dev", "eth0", "up");
    ip("-n", namespace, "link", "set", "dev", "lo", "up");
  }

  private void attach(String link) throws IOException {
    ip("-n", namespace(MIDDLE), "link", "set", "dev", link, "master", "bridge", "up");
  }

  void addAddress(String site, String address) throws IOException {
    ip("-n", namespace(site), "addr", "add", address + "/24", "dev", "eth0");
  }

  /** What goes before a command to run it in a site; the process stays the same. */
  List<String> commandPrefix(String site) {
    return List.of("nsenter", "--net=" + FOLDER.resolve(namespace(site)), "--");
  }

  /** Replaces the packet filter of a site as a whole, at once. */
  void setFilter(String site, String rules) throws IOException {
    Path file = Files.createTempFile("orchestrator-filter-", ".nft");
    try {
      Files.writeString(file, rules);
      List<String> command = new ArrayList<>(commandPrefix(site));
      command.addAll(List.of(filter.program().toString(), "-f", file.toString()));
      run(command, filter.environment());
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /**
   * Lets little through in both directions, or everything: what waits for more than {@link
   * #LONGEST_WAIT} is lost.
   */
  void throttle(String site, boolean wanted) throws IOException {
    shape(namespace(site), "eth0", wanted);
    shape(namespace(MIDDLE), site, wanted);
  }

  private static void shape(String namespace, String link, boolean wanted) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("tc", "-n", namespace, "qdisc", "replace", "dev", link, "root"));
    command.addAll(
        wanted
            ? List.of("tbf", "rate", SLOW_RATE, "burst", "3kb", "latency", LONGEST_WAIT)
            : List.of("noqueue"));
    run(command, Map.of());
  }

  /** Removes all namespaces and links with this number, also when only some of them are there. */
  void remove() throws IOException {
    if (Files.exists(Path.of("/sys/class/net", machineLink()))) {
      ip("link", "del", machineLink());
    }
    for (String name : names()) {
      if (name.startsWith(namespace(""))) {
        ip("netns", "del", name);
      }
    }
  }

  /** The numbers of all networks of which there is anything. */
  static List<Integer> numbers() throws IOException {
    List<String> all = new ArrayList<>(names());
    try (Stream<Path> links = Files.list(Path.of("/sys/class/net"))) {
      links.forEach(link -> all.add(link.getFileName() + ""));
    }
    TreeSet<Integer> numbers = new TreeSet<>();
    for (String name : all) {
      Optional<MatchResult> match = NAME.matcher(name).results().findFirst();
      match.ifPresent(found -> numbers.add(Integer.parseInt(found.group(1))));
    }
    return List.copyOf(numbers);
  }

  private static List<String> names() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      return List.of();
    }
    try (Stream<Path> namespaces = Files.list(FOLDER)) {
      return namespaces.map(path -> path.getFileName() + "").toList();
    }
  }

  private String namespace(String part) {
    return machineLink() + "-" + part;
  }

  private String machineLink() {
    return "orch" + number;
  }

  private static void ip(String... arguments) throws IOException {
    ip(List.of(arguments), List.of());
  }

  private static void ip(List<String> arguments, List<String> more) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(arguments);
    command.addAll(more);
    run(command, Map.of());
  }

  private static void run(List<String> command, Map<String, String> environment)
      throws IOException {
    Commands.Outcome outcome =
        Commands.run(Path.of("/"), environment, Path.of("/dev/null"), LIMIT, command);
    if (!outcome.succeeded()) {
      throw new IOException(String.join(" ", command) + ": " + outcome.tail());
    }
  }
}
