package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The program {@code nft}: the machine's own, else one from Debian's packages that lies in the
 * cache and is installed nowhere.
 *
 * @param environment what it needs to find its libraries
 */
public record PacketFilter(Path program, Map<String, String> environment) {
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
    Path folder = Cache.complete("programs/nftables", PacketFilter::fetch);
    return new PacketFilter(
        program(folder), Map.of("LD_LIBRARY_PATH", libraries(folder).toString()));
  }

  private static void fetch(Path folder) throws IOException {
    Files.createDirectory(libraries(folder));
    boolean complete =
        DebianPackages.unpack("nftables", folder)
            && Files.isExecutable(program(folder))
            && DebianPackages.complete(program(folder), List.of(), libraries(folder)).isEmpty();
    if (!complete) {
      throw new IOException("nft is not there and cannot be fetched: install the package nftables");
    }
  }

  private static Path program(Path folder) {
    return folder.resolve("usr/sbin/nft");
  }

  private static Path libraries(Path folder) {
    return folder.resolve("libraries");
  }
}
