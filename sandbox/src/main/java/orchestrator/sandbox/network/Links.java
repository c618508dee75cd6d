package orchestrator.sandbox.network;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How many of the packets from one site to another are lost, in percent: 0 is a good link, 100 a
 * cut one. Each direction is on its own.
 */
final class Links {
  private static final int ALL = 100;

  private record Direction(String from, String to) {}

  private final Set<String> sites;
  private final Map<Direction, Integer> losses = new HashMap<>();

  Links(List<String> sites) {
    this.sites = Set.copyOf(sites);
  }

  void cut(String from, String to) {
    lose(from, to, ALL);
  }

  /**
   * @param percent from 0 to 100
   */
  void lose(String from, String to, int percent) {
    if (percent < 0 || percent > ALL) {
      throw new IllegalArgumentException("Not a percentage: " + percent);
    }
    if (!sites.contains(from) || !sites.contains(to) || from.equals(to)) {
      throw new IllegalArgumentException("There is no link from " + from + " to " + to);
    }
    losses.put(new Direction(from, to), percent);
  }

  void heal() {
    losses.clear();
  }

  /**
   * The whole packet filter of a site. Packets are dropped where they arrive: a sender whose
   * outgoing packets were dropped would get errors.
   *
   * @param subnets of all sites, by name
   */
  String filterOf(String site, Map<String, String> subnets) {
    String rules =
        losses.entrySet().stream()
            .filter(entry -> entry.getKey().to().equals(site) && entry.getValue() > 0)
            .map(entry -> rule(subnets.getOrDefault(entry.getKey().from(), ""), entry.getValue()))
            .sorted()
            .collect(Collectors.joining());
    return """
    flush ruleset
    table ip partition {
      chain arriving {
        type filter hook prerouting priority -300; policy accept;
    %s  }
    }
    """
        .formatted(rules);
  }

  private static String rule(String sender, int percent) {
    String chance = percent == ALL ? "" : " numgen random mod 100 < " + percent;
    return "    ip saddr " + sender + chance + " drop\n";
  }
}
