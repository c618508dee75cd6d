package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.bool;
import static orchestrator.server.config.KeyTypes.hours;
import static orchestrator.server.config.KeyTypes.integer;
import static orchestrator.server.config.KeyTypes.minutes;
import static orchestrator.server.config.KeyTypes.path;
import static orchestrator.server.config.KeyTypes.seconds;
import static orchestrator.server.config.KeyTypes.texts;
import static orchestrator.server.config.NetworkTypes.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Agents (legacy): The discontinued host agent: known so that a file that names it loads. */
public record AgentsConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Agents (legacy)");

  static final ConfigurationKey<Boolean> SERVE_AGENTS_HTTP =
      KEYS.key(
          "ServeAgentsHttp",
          bool(),
          false,
          "Open the agents listener, poll agents, enable agent endpoints and menus.");

  public boolean enabled() {
    return values.get(SERVE_AGENTS_HTTP);
  }

  static final ConfigurationKey<ListenAddress> AGENTS_SERVER_PORT =
      KEYS.key(
          "AgentsServerPort", listener(), ":3001", "Listen address of the agents service (:3001).");

  static final ConfigurationKey<Boolean> AGENTS_USE_SSL =
      KEYS.key("AgentsUseSSL", bool(), false, "HTTPS on the agents listener and towards agents.");

  static final ConfigurationKey<Boolean> AGENTS_USE_MUTUAL_TLS =
      KEYS.key(
          "AgentsUseMutualTLS",
          bool(),
          false,
          "Client certificates and OU check on the agents listener.");

  static final ConfigurationKey<Boolean> AGENT_SSL_SKIP_VERIFY =
      KEYS.key("AgentSSLSkipVerify", bool(), false, "Skip verification of agents' certificates.");

  static final ConfigurationKey<Optional<Path>> AGENT_SSL_PRIVATE_KEY_FILE =
      KEYS.key("AgentSSLPrivateKeyFile", path(), "", "Key of the agents listener.");

  static final ConfigurationKey<Optional<Path>> AGENT_SSL_CERT_FILE =
      KEYS.key("AgentSSLCertFile", path(), "", "Certificate of the agents listener.");

  static final ConfigurationKey<Optional<Path>> AGENT_SSLCA_FILE =
      KEYS.key("AgentSSLCAFile", path(), "", "CA for agents' client certificates.");

  static final ConfigurationKey<List<String>> AGENT_SSL_VALID_OUS =
      KEYS.key("AgentSSLValidOUs", texts(), List.of(), "Accepted OUs on the agents listener.");

  static final ConfigurationKey<Duration> AGENT_POLL_MINUTES =
      KEYS.key("AgentPollMinutes", minutes(1), 60, "Interval between polls of an agent.");

  static final ConfigurationKey<Duration> UNSEEN_AGENT_FORGET_HOURS =
      KEYS.key(
          "UnseenAgentForgetHours",
          hours(1),
          6,
          "Forget agents that have not re-submitted for this long.");

  static final ConfigurationKey<Duration> STALE_SEED_FAIL_MINUTES =
      KEYS.key(
          "StaleSeedFailMinutes", minutes(1), 60, "Fail a seed without progress for this long.");

  static final ConfigurationKey<Integer> SEED_ACCEPTABLE_BYTES_DIFF =
      KEYS.key("SeedAcceptableBytesDiff", integer(0), 8192, "Without effect.");

  static final ConfigurationKey<Duration> SEED_WAIT_SECONDS_BEFORE_SEND =
      KEYS.key(
          "SeedWaitSecondsBeforeSend",
          seconds(0),
          2,
          "Pause before telling the source agent to send.");

  static final KeyGroup GROUP = KEYS.build();
}
