package orchestrator.server.http;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import orchestrator.core.state.Command;
import orchestrator.core.state.ReplicatedState;
import orchestrator.core.topology.InstanceKey;
import orchestrator.server.engine.Operations;

/** The host names that replicas are to use for their sources. By host: the port says nothing. */
final class ReplicaNameEndpoints {
  /** A name or an address; what a replica is told must not hold anything else. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

  private final Operations operations;
  private final ViewSettings settings;

  ReplicaNameEndpoints(Operations operations, ViewSettings settings) {
    this.operations = operations;
    this.settings = settings;
  }

  void register(RouteTable routes) {
    routes.command("register-hostname-unresolve/:host/:port/:virtualname", this::register);
    routes.command("deregister-hostname-unresolve/:host/:port", this::deregister);
    routes.read("hostname-unresolves", this::all);
  }

  private Answer register(Call call) {
    InstanceKey key = call.lookup().exactKey(call.key());
    String name = call.trimmed("virtualname").toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw ApiException.badRequest("Not a host name: " + name);
    }
    Instant expires = call.picture().now().plus(settings.replicaNameLifetime());
    return Answer.of(
        operations.submit(
            new Command.RegisterHostnameUnresolve(key.hostname(), name, expires), call.requester()),
        "Replicas of " + key.hostname() + " use " + name + " from their next change of source on",
        done -> Body.key(key));
  }

  /** Also of a server that is not known any more. */
  private Answer deregister(Call call) {
    InstanceKey given = call.key();
    boolean registered = call.picture().state().unresolves().containsKey(given.hostname());
    InstanceKey key = registered ? given : call.lookup().exactKey(given);
    return Answer.of(
        operations.submit(
            new Command.DeregisterHostnameUnresolve(key.hostname()), call.requester()),
        "Replicas of " + key.hostname() + " use its own name",
        done -> Body.key(key));
  }

  private Answer all(Call call) {
    Instant now = call.picture().now();
    List<Map.Entry<String, ReplicatedState.Unresolve>> active =
        call.picture().state().unresolves().entrySet().stream()
            .filter(entry -> now.isBefore(entry.getValue().expires()))
            .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
            .toList();
    return Answer.value(
        Body.list(
            active,
            entry ->
                out -> {
                  out.startObject();
                  out.field("Hostname", entry.getKey());
                  out.field("UnresolvedHostname", entry.getValue().name());
                  out.field("ExpiresAt", entry.getValue().expires());
                  out.endObject();
                }));
  }
}
