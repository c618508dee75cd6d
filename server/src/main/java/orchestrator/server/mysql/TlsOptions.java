package orchestrator.server.mysql;

import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.Replication;
import orchestrator.core.topology.ReplicationTls;

/**
 * The encryption options of a change of source. All are repeated each time, also where the server
 * would keep them: a statement that is read later should tell the whole truth.
 */
final class TlsOptions {
  private final List<String> options;
  private final Dialect dialect;

  private TlsOptions(List<String> options, Dialect dialect) {
    this.options = options;
    this.dialect = dialect;
  }

  static void add(
      List<String> options,
      Dialect dialect,
      Instance server,
      Optional<ReplicationCredentials> credentials) {
    ReplicationTls tls = server.replication().map(Replication::tls).orElse(ReplicationTls.NONE);
    new TlsOptions(options, dialect).add(tls, credentials);
  }

  private void add(ReplicationTls tls, Optional<ReplicationCredentials> credentials) {
    String ca =
        credentials
            .map(ReplicationCredentials::caFile)
            .filter(f -> !f.isEmpty())
            .orElse(tls.caFile());
    String cert =
        credentials
            .map(ReplicationCredentials::certFile)
            .filter(f -> !f.isEmpty())
            .orElse(tls.cert());
    String key =
        credentials
            .map(ReplicationCredentials::keyFile)
            .filter(f -> !f.isEmpty())
            .orElse(tls.key());
    boolean encrypted = tls.allowed() || !ca.isEmpty() || !cert.isEmpty();
    if (encrypted) {
      options.add(dialect.sourceOption("SSL=1"));
      addText("SSL_CA=", ca);
      addText("SSL_CAPATH=", tls.caPath());
      addText("SSL_CERT=", cert);
      addText("SSL_CIPHER=", tls.cipher());
      addText("SSL_CRL=", tls.crlFile());
      addText("SSL_CRLPATH=", tls.crlPath());
      addText("SSL_KEY=", key);
      tls.verifyServerCert().ifPresent(verify -> addFlag("SSL_VERIFY_SERVER_CERT=", verify));
      if (!dialect.isMariaDb()) {
        addText("TLS_VERSION=", tls.tlsVersion());
        addText("TLS_CIPHERSUITES=", tls.tlsCiphersuites());
      }
    }
    if (dialect.isMariaDb()) {
      return;
    }
    addText("PUBLIC_KEY_PATH=", tls.publicKeyPath());
    if (dialect.hasGetPublicKey()) {
      // Without TLS, a source that has not cached the login since its start refuses it unless the
      // replica asks for the key (MySQL manual, "Caching SHA-2 Pluggable Authentication").
      boolean ask = !encrypted && tls.publicKeyPath().isEmpty();
      if (ask || tls.getPublicKey().isPresent()) {
        options.add(
            (dialect.sourceOption("").equals("SOURCE_")
                    ? "GET_SOURCE_PUBLIC_KEY="
                    : "GET_MASTER_PUBLIC_KEY=")
                + (ask || tls.getPublicKey().orElse(false) ? 1 : 0));
      }
    }
  }

  private void addText(String name, String value) {
    if (!value.isEmpty()) {
      options.add(dialect.sourceOption(name) + ActionStatements.quote(value));
    }
  }

  private void addFlag(String name, boolean value) {
    options.add(dialect.sourceOption(name) + (value ? 1 : 0));
  }
}
