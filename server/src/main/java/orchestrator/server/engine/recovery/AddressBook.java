package orchestrator.server.engine.recovery;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import orchestrator.core.recovery.HostAddresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of servers, looked up beforehand: a recovery that publishes the new master waits
 * for no name server.
 */
public final class AddressBook {
  private static final Logger log = LoggerFactory.getLogger(AddressBook.class);
  private static final Duration GOOD_FOR = Duration.ofMinutes(10);

  private record Entry(HostAddresses addresses, Instant looked) {}

  private final InstantSource clock;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  public AddressBook(InstantSource clock) {
    this.clock = clock;
  }

  /** Of one host as last looked up. */
  public HostAddresses of(String host) {
    Entry entry = entries.get(host);
    return entry == null ? HostAddresses.UNKNOWN : entry.addresses();
  }

  /** Looks up those that are new or were looked up long ago. Blocks on the name server. */
  public void refresh(Collection<String> hosts) {
    Instant now = clock.instant();
    for (String host : hosts) {
      Entry known = entries.get(host);
      if (known == null || known.looked().plus(GOOD_FOR).isBefore(now)) {
        try {
          entries.put(host, new Entry(lookUp(host), now));
        } catch (UnknownHostException e) {
          // What was known stays: a name server that is away makes no address wrong.
          log.debug("Cannot look up {}", host, e);
        }
      }
    }
    entries.keySet().retainAll(hosts);
  }

  private static HostAddresses lookUp(String host) throws UnknownHostException {
    String ipv4 = "";
    String ipv6 = "";
    for (InetAddress address : InetAddress.getAllByName(host)) {
      if (address instanceof Inet4Address) {
        ipv4 = ipv4.isEmpty() ? address.getHostAddress() : ipv4;
      } else {
        ipv6 = ipv6.isEmpty() ? address.getHostAddress() : ipv6;
      }
    }
    return new HostAddresses(ipv4, ipv6);
  }
}
