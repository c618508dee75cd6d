package orchestrator.server.backend;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * This node's certificate and key, in the form that the driver reads: a file that this user alone
 * can read, with a password that this process alone knows, until it is closed.
 */
final class ClientKeyStore implements AutoCloseable {
  private static final Pattern PEM_KEY =
      Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END");

  /** AlgorithmIdentifier of rsaEncryption with version 0 before it, RFC 5208 and RFC 8017. */
  private static final byte[] RSA_PREFIX =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private final Path file;
  private final String password;

  private ClientKeyStore(Path file, String password) {
    this.file = file;
    this.password = password;
  }

  /**
   * @param certificate PEM, with those of the authorities between it and the root
   * @param key PEM, not encrypted: PKCS#8, or PKCS#1 for RSA
   * @throws BackendException naming the file that cannot be used
   */
  static ClientKeyStore of(Path certificate, Path key) {
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    String password = HexFormat.of().formatHex(secret);
    Certificate[] chain = certificates(certificate);
    PrivateKey privateKey = privateKey(key, chain[0].getPublicKey().getAlgorithm());
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password.toCharArray());
      store.setKeyEntry("client", privateKey, password.toCharArray(), chain);
      Path file = Files.createTempFile("orchestrator-client-", ".p12");
      file.toFile().deleteOnExit();
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, password.toCharArray());
      }
      return new ClientKeyStore(file, password);
    } catch (GeneralSecurityException | IOException e) {
      throw new BackendException("Cannot prepare %s for TLS: %s".formatted(certificate, e), e);
    }
  }

  private static Certificate[] certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<Certificate> found =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (found.isEmpty()) {
        throw new BackendException(file + " (MySQLOrchestratorSSLCertFile) has no certificate");
      }
      return found.toArray(new Certificate[0]);
    } catch (GeneralSecurityException | IOException e) {
      throw new BackendException(
          "Cannot read %s (MySQLOrchestratorSSLCertFile): %s".formatted(file, e), e);
    }
  }

  private static PrivateKey privateKey(Path file, String algorithm) {
    try {
      Matcher pem = PEM_KEY.matcher(Files.readString(file, US_ASCII));
      if (!pem.find()) {
        throw new BackendException(
            file + " (MySQLOrchestratorSSLPrivateKeyFile) has no unencrypted private key in PEM");
      }
      byte[] bytes = Base64.getMimeDecoder().decode(pem.group(2));
      boolean pkcs1 = pem.start(1) >= 0;
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs1 ? wrapped(bytes) : bytes));
    } catch (InvalidKeySpecException e) {
      throw new BackendException(
          "%s (MySQLOrchestratorSSLPrivateKeyFile) is not the key of the certificate: %s"
              .formatted(file, e.getMessage()),
          e);
    } catch (GeneralSecurityException | IOException e) {
      throw new BackendException(
          "Cannot read %s (MySQLOrchestratorSSLPrivateKeyFile): %s".formatted(file, e), e);
    }
  }

  /** PKCS#8 around a PKCS#1 key: the JDK reads only the former. */
  private static byte[] wrapped(byte[] pkcs1) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(RSA_PREFIX);
    writeDer(content, 0x04, pkcs1);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    writeDer(whole, 0x30, content.toByteArray());
    return whole.toByteArray();
  }

  private static void writeDer(ByteArrayOutputStream out, int tag, byte[] value)
      throws IOException {
    out.write(tag);
    if (value.length < 0x80) {
      out.write(value.length);
    } else {
      byte[] length = HexFormat.of().parseHex(evenHex(value.length));
      out.write(0x80 | length.length);
      out.write(length);
    }
    out.write(value);
  }

  private static String evenHex(int number) {
    String hex = Integer.toHexString(number);
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }

  /** As options of the driver. */
  void addTo(Properties options) {
    options.setProperty("keyStore", file.toString());
    options.setProperty("keyStorePassword", password);
    options.setProperty("keyStoreType", "PKCS12");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new BackendException("Cannot delete " + file + ": " + e, e);
    }
  }
}
