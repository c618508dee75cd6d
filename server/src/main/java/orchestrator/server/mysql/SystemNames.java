package orchestrator.server.mysql;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/** The name service of the operating system, and of the domain name system for aliases. */
public final class SystemNames implements HostnameResolver.Lookup, AutoCloseable {
  private static final int LONGEST_CHAIN = 8;

  private final NameLookup names = new NameLookup();
  private final Duration timeout;

  /**
   * @param timeout the longest wait for one name
   */
  public SystemNames(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public String canonicalName(String host) throws IOException {
    return names.bounded(host, () -> followAliases(host), Deadline.after(timeout));
  }

  @Override
  public String address(String host) throws IOException {
    List<InetAddress> addresses = names.addresses(host, Deadline.after(timeout));
    for (InetAddress address : addresses) {
      if (address instanceof Inet4Address) {
        return address.getHostAddress();
      }
    }
    return addresses.getFirst().getHostAddress();
  }

  // The provider for DNS gives texts and nothing else; its environment must be a Hashtable.
  @SuppressWarnings({"BanJNDI", "JdkObsolete"})
  private String followAliases(String host) throws NamingException, UnknownHostException {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put("com.sun.jndi.dns.timeout.initial", Long.toString(timeout.toMillis() / 2 + 1));
    environment.put("com.sun.jndi.dns.timeout.retries", "1");
    InitialDirContext context = new InitialDirContext(environment);
    try {
      String name = host;
      for (int i = 0; i < LONGEST_CHAIN; i++) {
        Attribute alias = context.getAttributes(name, new String[] {"CNAME"}).get("CNAME");
        if (alias == null || alias.size() == 0) {
          return name;
        }
        name = String.valueOf(alias.get());
      }
      throw new UnknownHostException(host + ": more than " + LONGEST_CHAIN + " aliases in a row");
    } finally {
      context.close();
    }
  }

  @Override
  public void close() {
    names.close();
  }
}
