package orchestrator.sandbox.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program of a Debian package, unpacked into the cache with the libraries that the machine lacks.
 *
 * @param program its path
 */
public record DebianProgram(Path program, Path libraries) {

  /** HAProxy, the load balancer: that of the machine if it has one. */
  public static DebianProgram haProxy() throws IOException {
    Path installed = Path.of("/usr/sbin/haproxy");
    return Files.isExecutable(installed)
        ? new DebianProgram(installed, Path.of("/usr/lib"))
        : of("haproxy", "usr/sbin/haproxy");
  }

  /**
   * @param path of the program inside the package
   * @throws IOException saying what to install when it cannot be had
   */
  private static DebianProgram of(String name, String path) throws IOException {
    Path home =
        Cache.complete(
            "programs/" + name,
            folder -> {
              Path libraries = Files.createDirectory(folder.resolve("libraries"));
              Path program = folder.resolve(path);
              boolean complete =
                  DebianPackages.unpack(name, folder)
                      && Files.isExecutable(program)
                      && DebianPackages.complete(program, List.of(), libraries).isEmpty();
              if (!complete) {
                throw new IOException(
                    "The Debian package %s, or a library that it needs, cannot be fetched: this machine needs apt-get, dpkg-deb and access to a Debian mirror"
                        .formatted(name));
              }
            });
    return new DebianProgram(home.resolve(path), home.resolve("libraries"));
  }

  /** What its environment needs beside ours. */
  public Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", libraries.toString());
  }
}
