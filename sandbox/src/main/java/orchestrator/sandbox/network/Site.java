package orchestrator.sandbox.network;

import java.io.IOException;
import orchestrator.sandbox.SandboxException;
import orchestrator.sandbox.process.Placement;

/** A data centre: what runs in it is cut from the other sites together, never from each other. */
public final class Site {
  /** Addresses of each site: those of a /28. */
  private static final int CAPACITY = 16;

  private final String name;
  private final int number;
  private final String subnetOfNetwork;
  private final Namespaces namespaces;
  private int used;

  /**
   * @param number from 1
   * @param subnetOfNetwork the first three bytes of all addresses
   */
  Site(String name, int number, String subnetOfNetwork, Namespaces namespaces) {
    this.name = name;
    this.number = number;
    this.subnetOfNetwork = subnetOfNetwork;
    this.namespaces = namespaces;
  }

  public String name() {
    return name;
  }

  /** A place for one more process, with an address of its own. A site has 16 of them. */
  public synchronized Placement place() {
    if (used == CAPACITY) {
      throw new IllegalStateException("Site " + name + " has no address left");
    }
    String address = subnetOfNetwork + "." + (number * CAPACITY + used++);
    try {
      namespaces.addAddress(name, address);
    } catch (IOException e) {
      throw new SandboxException("Cannot place anything in site " + name, e);
    }
    return new Placement(address, subnetOfNetwork + ".%", namespaces.commandPrefix(name));
  }

  String subnet() {
    return subnetOfNetwork + "." + number * CAPACITY + "/28";
  }
}
