package orchestrator.server.config;

import static orchestrator.server.config.ConfigurationKey.Trait.FROM_ENVIRONMENT;
import static orchestrator.server.config.ConfigurationKey.Trait.SECRET;
import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.text;
import static orchestrator.server.config.NetworkTypes.keyPrefix;

import java.util.Optional;

/** Key-value stores: Where the masters of clusters are published. */
public record KeyValueConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Key-value stores");

  static final ConfigurationKey<String> KV_CLUSTER_MASTER_PREFIX =
      KEYS.key("KVClusterMasterPrefix", keyPrefix(), "mysql/master", "Prefix of master entries.");

  public String clusterMasterPrefix() {
    return values.get(KV_CLUSTER_MASTER_PREFIX);
  }

  static final ConfigurationKey<String> CONSUL_ADDRESS =
      KEYS.key("ConsulAddress", text(), "", "Consul HTTP address (host:port).", FROM_ENVIRONMENT);

  public Optional<String> consulAddress() {
    return values.text(CONSUL_ADDRESS);
  }

  static final ConfigurationKey<Scheme> CONSUL_SCHEME =
      KEYS.key("ConsulScheme", choice(Scheme.class), "http", "http or https.");

  public Scheme consulScheme() {
    return values.get(CONSUL_SCHEME);
  }

  static final ConfigurationKey<String> CONSUL_ACL_TOKEN =
      KEYS.key("ConsulAclToken", text(), "", "ACL token for Consul.", SECRET, FROM_ENVIRONMENT);

  public Optional<String> consulToken() {
    return values.text(CONSUL_ACL_TOKEN);
  }

  static final ConfigurationKey<ConsulProvider> CONSUL_KV_STORE_PROVIDER =
      KEYS.key(
          "ConsulKVStoreProvider",
          choice(ConsulProvider.class),
          "consul",
          "consul or consul-txn (also consul_txn).");

  public ConsulProvider consulProvider() {
    return values.get(CONSUL_KV_STORE_PROVIDER);
  }

  static final ConfigurationKey<Boolean> CONSUL_CROSS_DATA_CENTER_DISTRIBUTION =
      KEYS.key(
          "ConsulCrossDataCenterDistribution",
          bool(),
          false,
          "Also write to every data center Consul knows.");

  public boolean consulCrossDataCenter() {
    return values.get(CONSUL_CROSS_DATA_CENTER_DISTRIBUTION);
  }

  static final ConfigurationKey<Integer> CONSUL_MAX_KVS_PER_TRANSACTION =
      KEYS.key(
          "ConsulMaxKVsPerTransaction",
          consulTransactionSize(),
          5,
          "Operations per Consul transaction; brought into 5 to 64.");

  public int consulMaxKeysPerTransaction() {
    return values.get(CONSUL_MAX_KVS_PER_TRANSACTION);
  }

  static final ConfigurationKey<String> ZK_ADDRESS =
      KEYS.key(
          "ZkAddress",
          text(),
          "",
          "ZooKeeper servers, comma separated, default port 2181.",
          FROM_ENVIRONMENT);

  public Optional<String> zooKeeperAddress() {
    return values.text(ZK_ADDRESS);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** How Consul is spoken to. */
  public enum Scheme implements NamedChoice {
    /** In clear text. */
    HTTP("http"),
    /** With TLS. */
    HTTPS("https");

    private final String alternatives;

    Scheme(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }

  /** How entries are written to Consul. */
  public enum ConsulProvider implements NamedChoice {
    /** One by one. */
    SINGLE("consul"),
    /** Several in one transaction. */
    TRANSACTIONS("consul-txn|consul_txn");

    private final String alternatives;

    ConsulProvider(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }

  // The documented range is a clamp, not a limit: existing files may hold any number.
  private static KeyType<Integer> consulTransactionSize() {
    KeyType<Integer> number = KeyTypes.integer(Integer.MIN_VALUE);
    return new KeyType<>(
        number.shape(),
        "a whole number, brought into 5 to 64",
        node -> number.decode(node).map(size -> Math.clamp(size, 5, 64)),
        number.encoder());
  }
}
