package orchestrator.server.mysql;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import orchestrator.core.topology.InstanceKey;

/**
 * Gives each server one name, in lower case, whatever name it was met by: {@code
 * HostnameResolveMethod}, and what probes learnt of servers' own names. Detached names pass
 * unchanged. Safe for all threads.
 */
public final class HostnameResolver {
  /** A name that does not resolve stands for itself for so long. */
  private static final Duration FAILURE_TIME_TO_LIVE = Duration.ofMinutes(1);

  /** A name that people registered for replicas is one that moves from server to server. */
  private static final Duration MOVING_LOOK = Duration.ofSeconds(10);

  /** For so long a JVM remembers what a name meant: what the server said is newer. */
  private static final Duration SERVER_KNOWS_BETTER = Duration.ofSeconds(30);

  /** {@code HostnameResolveMethod}; unknown texts leave names alone. */
  public enum Method {
    NONE,
    DEFAULT,
    CNAME,
    IP;

    public static Method ofConfiguration(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "none" -> NONE;
        case "cname" -> CNAME;
        case "ip" -> IP;
        default -> DEFAULT;
      };
    }
  }

  /** The name service. Calls may block, but not for ever. */
  public interface Lookup {
    /** The canonical name: what a chain of aliases ends in. */
    String canonicalName(String host) throws IOException;

    /** An address as text, IPv4 if there is one. */
    String address(String host) throws IOException;
  }

  /**
   * @param learnt from the server itself, and not from the name service
   */
  private record Entry(String name, Instant expires, boolean learnt) {}

  private final Method method;
  private final Duration timeToLive;
  private final Optional<Pattern> rejected;
  private final Lookup lookup;
  private final InstantSource clock;
  private final Function<String, List<String>> registered;
  private final Map<String, Entry> names = new ConcurrentHashMap<>();

  /** At registered names. */
  private final Map<String, Instant> nextLook = new ConcurrentHashMap<>();

  /**
   * @param timeToLive {@code ExpiryHostnameResolvesMinutes}; how long a name is remembered
   * @param rejected {@code RejectHostnameResolvePattern}: a result in which it is found is not used
   * @param registered the hosts whose replicas are to know them by this name; mostly none
   */
  public HostnameResolver(
      Method method,
      Duration timeToLive,
      Optional<Pattern> rejected,
      Lookup lookup,
      InstantSource clock,
      Function<String, List<String>> registered) {
    this.method = method;
    this.timeToLive = timeToLive;
    this.rejected = rejected;
    this.lookup = lookup;
    this.clock = clock;
    this.registered = registered;
  }

  /** The name to know a host by; the host itself when nothing better is found. */
  public String resolve(String host) {
    String trimmed = host.trim();
    if (trimmed.isEmpty() || trimmed.startsWith("//") || trimmed.equals("_")) {
      return trimmed;
    }
    String met = trimmed.toLowerCase(Locale.ROOT);
    Instant now = clock.instant();
    Optional<String> holder = whoHas(met, now);
    if (holder.isPresent()) {
      return holder.get();
    }
    Entry known = names.get(met);
    if (known != null && known.expires().isAfter(now)) {
      return known.name();
    }
    if (known != null && known.learnt()) {
      if (isStillTrue(met, known.name(), now)) {
        return known.name();
      }
      names.remove(met, known); // or every reading would ask the name service again
    }
    if (method == Method.NONE || method == Method.DEFAULT) {
      return met;
    }
    return lookUp(met, now);
  }

  /**
   * Which of the hosts that a name was registered for has it now, if it was not looked at lately.
   * Empty where the name service cannot tell, as of a name with an address of its own: then what
   * was learnt from the server itself stays.
   */
  private Optional<String> whoHas(String met, Instant now) {
    List<String> holders = registered.apply(met);
    if (holders.isEmpty() || now.isBefore(nextLook.getOrDefault(met, Instant.MIN))) {
      return Optional.empty();
    }
    nextLook.put(met, now.plus(MOVING_LOOK));
    Optional<String> holder =
        Optional.ofNullable(names.get(met))
            .map(Entry::name)
            .filter(present -> holders.contains(present) && leadTogether(met, present).orElse(true))
            .or(() -> holders.stream().filter(h -> leadTogether(met, h).orElse(false)).findFirst());
    holder.ifPresent(name -> names.put(met, new Entry(name, now.plus(timeToLive), true)));
    return holder;
  }

  /**
   * Whether both names still lead to the same address, or nobody can tell. A server that is dead
   * cannot be asked again for its name, and its replicas must not seem to have lost it.
   */
  private boolean isStillTrue(String met, String own, Instant now) {
    Optional<Boolean> together = leadTogether(met, own);
    if (together.isPresent() && !together.get()) {
      return false;
    }
    Duration holds = together.isPresent() ? timeToLive : FAILURE_TIME_TO_LIVE;
    names.put(met, new Entry(own, now.plus(holds), true));
    return true;
  }

  /** Whether two names have the same address; empty if nobody can tell. */
  private Optional<Boolean> leadTogether(String one, String other) {
    try {
      return Optional.of(lookup.address(one).equals(lookup.address(other)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public InstanceKey resolve(InstanceKey key) {
    String name = resolve(key.hostname());
    return name.equals(key.hostname()) ? key : new InstanceKey(name, key.port());
  }

  private String lookUp(String host, Instant now) {
    try {
      String name = method == Method.CNAME ? lookup.canonicalName(host) : lookup.address(host);
      String dotless = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
      String plain = dotless.toLowerCase(Locale.ROOT);
      if (plain.isEmpty() || isRejected(plain)) {
        return host;
      }
      names.put(host, new Entry(plain, now.plus(timeToLive), false));
      return plain;
    } catch (IOException e) {
      names.put(host, new Entry(host, now.plus(FAILURE_TIME_TO_LIVE), false));
      return host;
    }
  }

  private boolean isRejected(String name) {
    return rejected.isPresent() && rejected.get().matcher(name).find();
  }

  /** Remembers the name that a server gave itself when it was asked by another. */
  public void learn(String askedBy, String ownName) {
    if (!askedBy.equals(ownName) && !isRejected(ownName)) {
      Instant now = clock.instant();
      names.put(askedBy, new Entry(ownName, now.plus(timeToLive), true));
      nextLook.put(askedBy, now.plus(SERVER_KNOWS_BETTER));
    }
  }

  /** What is remembered now, by the name that was met. */
  public SortedMap<String, String> remembered() {
    Instant now = clock.instant();
    SortedMap<String, String> remembered = new TreeMap<>();
    names.forEach((host, entry) -> {
      if (entry.expires().isAfter(now)) {
        remembered.put(host, entry.name());
      }
    });
    return remembered;
  }

  /** Forgets everything. */
  public void clear() {
    names.clear();
    nextLook.clear();
  }
}
