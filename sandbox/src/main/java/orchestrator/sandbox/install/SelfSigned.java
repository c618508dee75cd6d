package orchestrator.sandbox.install;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** A self-signed certificate for 127.0.0.1, made by the JDK's keytool. */
public final class SelfSigned {
  private static final String PASSWORD = "sandbox"; // of a key store that is deleted at once
  private static final String ALIAS = "server";

  private SelfSigned() {}

  /**
   * Writes certificate and key in PEM.
   *
   * @param scratch an empty folder, for what is needed on the way
   */
  public static void write(Path scratch, Path certificate, Path key) throws IOException {
    Path store = scratch.resolve("store.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-validity",
            "36500",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "SAN=IP:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            store.toString());
    Commands.Outcome outcome = Commands.run(scratch, Duration.ofMinutes(1), command);
    if (!outcome.succeeded()) {
      throw new IOException("keytool cannot make a certificate:\n" + outcome.tail());
    }
    try (InputStream content = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(content, PASSWORD.toCharArray());
      writePem(certificate, "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
      writePem(key, "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot read the certificate that keytool made", e);
    }
  }

  private static void writePem(Path file, String label, byte[] content) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file,
        "-----BEGIN "
            + label
            + "-----\n"
            + encoder.encodeToString(content)
            + "\n-----END "
            + label
            + "-----\n");
  }
}
