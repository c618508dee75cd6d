package orchestrator.server.config;

import static orchestrator.server.config.KeyTypes.choice;
import static orchestrator.server.config.KeyTypes.text;

/** Web interface and messages: What people see. */
public record WebConfiguration(ConfigurationValues values) {

  private static final KeyGroup.Builder KEYS = KeyGroup.named("Web interface and messages");

  static final ConfigurationKey<String> REMOVE_TEXT_FROM_HOSTNAME_DISPLAY =
      KEYS.key(
          "RemoveTextFromHostnameDisplay", text(), "", "Text cut from names on cluster pages.");

  public String hiddenHostnameText() {
    return values.get(REMOVE_TEXT_FROM_HOSTNAME_DISPLAY);
  }

  static final ConfigurationKey<String> WEB_MESSAGE =
      KEYS.key("WebMessage", text(), "", "Banner on all pages.");

  public String message() {
    return values.get(WEB_MESSAGE);
  }

  static final ConfigurationKey<Identity> PREPEND_MESSAGES_WITH_ORC_IDENTITY =
      KEYS.key(
          "PrependMessagesWithOrcIdentity",
          choice(Identity.class),
          "",
          "Prefix of API messages: empty or none, FQDN, hostname, or custom.");

  public Identity identity() {
    return values.get(PREPEND_MESSAGES_WITH_ORC_IDENTITY);
  }

  static final ConfigurationKey<String> CUSTOM_ORC_IDENTITY =
      KEYS.key("CustomOrcIdentity", text(), "", "Identity for custom or as last fallback.");

  public String customIdentity() {
    return values.get(CUSTOM_ORC_IDENTITY);
  }

  static final KeyGroup GROUP = KEYS.build();

  /** What API messages start with. */
  public enum Identity implements NamedChoice {
    /** Nothing. */
    NONE("|none"),
    /** The full name of this host. */
    FQDN("FQDN"),
    /** The short name of this host. */
    HOSTNAME("hostname"),
    /** A text of the operator. */
    CUSTOM("custom");

    private final String alternatives;

    Identity(String alternatives) {
      this.alternatives = alternatives;
    }

    @Override
    public String alternatives() {
      return alternatives;
    }
  }
}
