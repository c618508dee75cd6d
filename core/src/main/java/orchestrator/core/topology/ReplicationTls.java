package orchestrator.core.topology;

import java.util.Optional;

/** The TLS settings of a replica's connection to its source, repeated whenever it is changed. */
public record ReplicationTls(
    boolean allowed,
    String caFile,
    String caPath,
    String cert,
    String cipher,
    String crlFile,
    String crlPath,
    String key,
    Optional<Boolean> verifyServerCert,
    String tlsVersion,
    String tlsCiphersuites,
    String publicKeyPath,
    Optional<Boolean> getPublicKey) {
  public static final ReplicationTls NONE =
      new ReplicationTls(
          false, "", "", "", "", "", "", "", Optional.empty(), "", "", "", Optional.empty());
}
