package orchestrator.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import orchestrator.server.http.Authentication.Basic;
import orchestrator.server.http.Authentication.Multi;
import orchestrator.server.http.Authentication.NobodyActs;
import orchestrator.server.http.Authentication.None;
import orchestrator.server.http.Authentication.Proxy;

/** Decides who gets in, and who may act. */
final class AccessControl {
  private static final String READ_ONLY_USER = "readonly";

  private final Authentication authentication;
  private final boolean readOnly;
  private final BiPredicate<String, List<String>> isInGroup;

  AccessControl(
      Authentication authentication,
      boolean readOnly,
      BiPredicate<String, List<String>> isInGroup) {
    this.authentication = authentication;
    this.readOnly = readOnly;
    this.isInGroup = isInGroup;
  }

  /**
   * The caller, or empty when it must present credentials first.
   *
   * @param header a request header by name
   */
  Optional<Caller> admit(Function<String, Optional<String>> header) {
    return switch (authentication) {
      case None() -> Optional.of(caller(Optional.empty(), true));
      case NobodyActs() -> Optional.of(caller(Optional.empty(), false));
      case Basic(String user, String password) ->
          matches(header, user, password)
              ? Optional.of(caller(Optional.of(user), true))
              : Optional.empty();
      case Multi(String user, String password) -> {
        if (matches(header, user, password)) {
          yield Optional.of(caller(Optional.of(user), true));
        }
        yield credentials(header)
            .filter(c -> c.startsWith(READ_ONLY_USER + ":"))
            .map(c -> caller(Optional.of(READ_ONLY_USER), false));
      }
      case Proxy proxy -> Optional.of(proxied(proxy, header.apply(proxy.header())));
    };
  }

  private Caller proxied(Proxy proxy, Optional<String> user) {
    boolean everybody = proxy.powerUsers().contains("*");
    boolean powerful =
        user.isPresent()
            && (proxy.powerUsers().contains(user.get())
                || (!proxy.powerGroups().isEmpty()
                    && isInGroup.test(user.get(), proxy.powerGroups())));
    return caller(user, everybody || powerful);
  }

  private Caller caller(Optional<String> user, boolean mayAct) {
    return new Caller(user.filter(name -> !name.isBlank()), mayAct && !readOnly);
  }

  private static boolean matches(
      Function<String, Optional<String>> header, String user, String password) {
    return credentials(header).filter(given -> equal(given, user + ":" + password)).isPresent();
  }

  private static Optional<String> credentials(Function<String, Optional<String>> header) {
    String value = header.apply("Authorization").orElse("");
    if (!value.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(value.substring(6).trim());
      return Optional.of(new String(decoded, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /** Takes the same time wherever the texts differ. */
  private static boolean equal(String left, String right) {
    return MessageDigest.isEqual(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }
}
