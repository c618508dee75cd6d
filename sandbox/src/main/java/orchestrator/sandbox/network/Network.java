package orchestrator.sandbox.network;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.install.PacketFilter;

/**
 * Sites with links between all of them, which can be cut, made bad and healed:
 *
 * <pre>{@code
 * try (Network network = Network.of("dc1", "dc2", "dc3")) {
 *   Sandbox.start(spec.place("A", network.site("dc2").place()));
 *   network.isolate("dc2");
 *   network.heal();
 * }
 * }</pre>
 *
 * A change is in force when the method returns. What runs in the sites must be ended before {@link
 * #close}.
 */
public final class Network implements AutoCloseable {
  /** The name of a site is also one of a link, which has at most 15 letters. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,11}");

  private static final int MOST_SITES = 14;

  private final NetworkNumber number;
  private final Namespaces namespaces;
  private final Links links;
  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Map<String, String> filters = new TreeMap<>();
  private final Set<String> slow = new TreeSet<>();

  private Network(NetworkNumber number, Namespaces namespaces, List<String> sites) {
    this.number = number;
    this.namespaces = namespaces;
    this.links = new Links(sites);
    for (String name : sites) {
      this.sites.put(
          name, new Site(name, this.sites.size() + 1, "10.93." + number.value(), namespaces));
    }
  }

  /** Whether this user may make networks at all. */
  public static boolean isPermitted() {
    return "root".equals(System.getProperty("user.name"));
  }

  /**
   * Makes the sites, all of which reach each other.
   *
   * @throws SandboxException if the machine lacks something; says what
   */
  public static Network of(String... sites) {
    List<String> names = List.of(sites);
    if (names.size() > MOST_SITES
        || names.stream().distinct().count() < names.size()
        || !names.stream().allMatch(name -> NAME.matcher(name).matches())) {
      throw new IllegalArgumentException("Not the names of up to 14 sites: " + names);
    }
    try {
      PacketFilter filter = PacketFilter.find();
      removeLeftovers(filter);
      NetworkNumber number = NetworkNumber.any();
      Network network =
          new Network(number, new Namespaces(number.value(), filter), List.copyOf(names));
      network.create();
      return network;
    } catch (IOException e) {
      throw new SandboxException("Cannot make a network: " + e.getMessage(), e);
    }
  }

  /** Of processes that were killed. */
  private static void removeLeftovers(PacketFilter filter) throws IOException {
    for (int left : Namespaces.numbers()) {
      Optional<NetworkNumber> number = left < 256 ? NetworkNumber.take(left) : Optional.empty();
      if (number.isPresent()) {
        new Namespaces(left, filter).remove();
        number.get().close();
      }
    }
  }

  private void create() throws IOException {
    try {
      namespaces.createMiddle("10.93." + number.value() + ".1");
      for (String site : sites.keySet()) {
        namespaces.createSite(site);
      }
      applyFilters();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The site of this name. */
  public Site site(String name) {
    return Optional.ofNullable(sites.get(name))
        .orElseThrow(() -> new IllegalArgumentException("There is no site " + name));
  }

  /** Cuts a site from all others. */
  public void isolate(String site) {
    change(all -> others(site).forEach(other -> cutBoth(all, site, other)));
  }

  /** A site hears nobody any more, and is still heard. */
  public void deafen(String site) {
    change(all -> others(site).forEach(other -> all.cut(other, site)));
  }

  /** A site is heard by nobody any more, and still hears the others. */
  public void mute(String site) {
    change(all -> others(site).forEach(other -> all.cut(site, other)));
  }

  /** Cuts two sites from each other. */
  public void cut(String one, String other) {
    change(all -> cutBoth(all, one, other));
  }

  /** Nothing that one site sends reaches the other. */
  public void cutOneWay(String from, String to) {
    change(all -> all.cut(from, to));
  }

  /**
   * Loses packets between all sites, at random.
   *
   * @param percent from 0 to 100
   */
  public void lose(int percent) {
    change(all ->
        sites.keySet().forEach(from -> others(from).forEach(to -> all.lose(from, to, percent))));
  }

  /** From now on the links are exactly as bad as this says, and all others are good. */
  public void degrade(Collection<Loss> losses) {
    change(all -> {
      all.heal();
      losses.forEach(loss -> all.lose(loss.from(), loss.to(), loss.percent()));
    });
  }

  /**
   * From now on the links of exactly these sites are slow: what goes through them queues up, as
   * behind a bulk transfer, and arrives tenths of seconds late, or after two seconds not at all.
   */
  public synchronized void throttle(Set<String> wanted) {
    wanted.forEach(this::site);
    try {
      for (String site : sites.keySet()) {
        boolean isWanted = wanted.contains(site);
        if (isWanted != slow.contains(site)) {
          slow.add(site); // until it is certain that nothing of it is left
          namespaces.throttle(site, isWanted);
        }
      }
      slow.retainAll(wanted);
    } catch (IOException e) {
      throw new SandboxException("Cannot change the network", e);
    }
  }

  /** Cuts a site off and heals everything, by turns, until it is closed; then all is healed. */
  public Flapping flap(String site, Duration turn) {
    site(site);
    return Flapping.start(
        turn,
        down -> {
          if (down) {
            isolate(site);
          } else {
            heal();
          }
        });
  }

  /** All links are good again. */
  public synchronized void heal() {
    change(Links::heal);
    throttle(Set.of());
  }

  private static void cutBoth(Links links, String one, String other) {
    links.cut(one, other);
    links.cut(other, one);
  }

  private List<String> others(String site) {
    site(site);
    return sites.keySet().stream().filter(other -> !other.equals(site)).toList();
  }

  private synchronized void change(Consumer<Links> change) {
    change.accept(links);
    try {
      applyFilters();
    } catch (IOException e) {
      throw new SandboxException("Cannot change the network", e);
    }
  }

  private void applyFilters() throws IOException {
    Map<String, String> subnets = new TreeMap<>();
    sites.values().forEach(site -> subnets.put(site.name(), site.subnet()));
    for (String site : sites.keySet()) {
      String rules = links.filterOf(site, subnets);
      if (!rules.equals(filters.get(site))) {
        namespaces.setFilter(site, rules);
        filters.put(site, rules);
      }
    }
  }

  /** Removes all that was made. */
  @Override
  public synchronized void close() {
    try (number) {
      namespaces.remove();
    } catch (IOException e) {
      throw new SandboxException("Cannot remove the network: " + e.getMessage(), e);
    }
  }
}
