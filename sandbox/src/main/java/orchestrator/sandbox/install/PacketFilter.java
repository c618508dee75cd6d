package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The program {@code nft}: the machine's own, else one from Debian's packages that lies in the
 * cache and is installed nowhere.
 *
 * @param environment what it needs to find its libraries
 */
public record PacketFilter(Path program, Map<String, String> environment) {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** With the libraries that a slim machine lacks. */
  private static final List<String> PACKAGES =
      List.of(
          "nftables",
          "libnftables1",
          "libnftnl11",
          "libmnl0",
          "libjansson4",
          "libxtables12",
          "libedit2",
          "libbsd0",
          "libmd0");

  public PacketFilter {
    environment = Map.copyOf(environment);
  }

  /**
   * @throws IOException if there is none, and none can be fetched
   */
  public static PacketFilter find() throws IOException {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    Optional<Path> installed =
        Arrays.stream(path.split(":"))
            .map(folder -> Path.of(folder, "nft"))
            .filter(Files::isExecutable)
            .findFirst();
    return installed.isPresent() ? new PacketFilter(installed.get(), Map.of()) : fetched();
  }

  private static PacketFilter fetched() throws IOException {
    Path folder =
        Cache.complete(
            "tools/nftables",
            empty -> {
              Path scratch = Files.createTempDirectory("orchestrator-nftables-");
              try {
                for (String debianPackage : PACKAGES) {
                  DebianPackages.download(debianPackage, scratch);
                }
                DebianPackages.unpack(scratch, empty);
              } finally {
                Cache.delete(scratch);
              }
              verify(in(empty));
            });
    return in(folder);
  }

  private static PacketFilter in(Path folder) throws IOException {
    try (Stream<Path> files =
        Files.isDirectory(folder.resolve("usr/lib"))
            ? Files.list(folder.resolve("usr/lib"))
            : Stream.empty()) {
      List<String> libraries = files.filter(Files::isDirectory).map(Path::toString).toList();
      return new PacketFilter(
          folder.resolve("usr/sbin/nft"), Map.of("LD_LIBRARY_PATH", String.join(":", libraries)));
    }
  }

  private static void verify(PacketFilter filter) throws IOException {
    String advice = "nft is not there and cannot be fetched: install the package nftables";
    if (!Files.isExecutable(filter.program())) {
      throw new IOException(advice);
    }
    Commands.Outcome outcome =
        Commands.run(
            Path.of("/"),
            filter.environment(),
            Path.of("/dev/null"),
            LIMIT,
            List.of(filter.program().toString(), "--version"));
    if (!outcome.succeeded()) {
      throw new IOException(advice + " (" + outcome.tail() + ")");
    }
  }
}
