package orchestrator.server.mysql;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import orchestrator.core.relocation.ServerAction;
import orchestrator.core.topology.Instance;
import orchestrator.core.topology.InstanceKey;
import orchestrator.core.topology.Replication;
import orchestrator.server.mysql.ActionRun.NotPossibleException;
import orchestrator.server.mysql.ActionStatements.Supplements;
import orchestrator.server.mysql.ServerFacts.OptionalStatement;

/**
 * Finds what a change of source needs beyond the server's own state. A replica keeps the login that
 * it has; a server that has none (a former master) gets one that is read off a server of its
 * topology.
 */
final class SupplementSource implements ActionRun.SupplementFinder {
  private static final int MOST_SIBLINGS_ASKED = 3;
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(3);
  private static final String HEARTBEAT_STATUS = "SHOW GLOBAL STATUS LIKE 'Slave_heartbeat_period'";

  private final TopologyServer target;
  private final Collection<TopologyServer> all;
  private final Function<InstanceKey, TopologyServer> servers;
  private final SourceNames sourceNames;
  private final StartGuard guard;

  SupplementSource(
      TopologyServer target,
      Collection<TopologyServer> all,
      Function<InstanceKey, TopologyServer> servers,
      SourceNames sourceNames,
      StartGuard guard) {
    this.target = target;
    this.all = all;
    this.servers = servers;
    this.sourceNames = sourceNames;
    this.guard = guard;
  }

  @Override
  public Optional<Boolean> acknowledging(ServerAction action, Instance before) {
    return guard.before(action, before);
  }

  /** The statements for people to read: a login is shown without its password. */
  static List<String> forDisplay(ServerAction action, Instance server, StartGuard guard) {
    boolean needsLogin = action instanceof ServerAction.ChangeSource && !hasLogin(server);
    return ActionStatements.of(
        action,
        server,
        new Supplements(
                needsLogin
                    ? Optional.of(ReplicationCredentials.of("<replication user>", "<password>"))
                    : Optional.empty(),
                "")
            .acknowledging(guard.before(action, server)));
  }

  private static boolean hasLogin(Instance server) {
    return server.replication().map(Replication::user).filter(u -> !u.isEmpty()).isPresent();
  }

  @Override
  public Supplements find(
      ServerAction.ChangeSource change, Instance before, Link link, Deadline deadline)
      throws NotPossibleException, SessionException {
    Optional<String> name = sourceNames.nameFor(servers.apply(change.source()), deadline);
    return login(change, before, link, deadline).with(name);
  }

  private Supplements login(
      ServerAction.ChangeSource change, Instance before, Link link, Deadline deadline)
      throws NotPossibleException, SessionException {
    if (hasLogin(before)) {
      return new Supplements(Optional.empty(), heartbeat(link, deadline));
    }
    for (TopologyServer candidate : candidates(change.source())) {
      Optional<ReplicationCredentials> found =
          credentialsOn(candidate, deadline.orSooner(LONGEST_QUESTION));
      if (found.isPresent()) {
        return new Supplements(found, "");
      }
    }
    Optional<ReplicationCredentials> fallback = target.access().fallbackCredentials();
    if (fallback.isEmpty()) {
      throw new NotPossibleException(
          "it has no replication user, as a former master has none, and none was found: set"
              + " ReplicationCredentialsQuery"
              + (link.facts().dialect().isMariaDb()
                  ? "; MariaDB tells nobody how its replicas log in"
                  : ", or let the topology user read mysql.slave_master_info"));
    }
    return new Supplements(fallback, "");
  }

  /** The server itself, its new source, then servers that replicate from either. */
  private Set<TopologyServer> candidates(InstanceKey source) {
    Set<TopologyServer> candidates = new LinkedHashSet<>();
    candidates.add(target);
    candidates.add(servers.apply(source));
    all.stream()
        .filter(server -> isReplicaOf(server, source) || isReplicaOf(server, target.key()))
        .limit(MOST_SIBLINGS_ASKED)
        .forEach(candidates::add);
    return candidates;
  }

  @Override
  public Set<String> replicationUsers() {
    return all.stream()
        .filter(server -> isReplicaOf(server, target.key()))
        .flatMap(server -> server.last().flatMap(Instance::replication).stream())
        .map(Replication::user)
        .filter(user -> !user.isEmpty())
        .collect(Collectors.toSet());
  }

  private static boolean isReplicaOf(TopologyServer server, InstanceKey source) {
    return server
        .last()
        .flatMap(Instance::sourceKey)
        .filter(key -> key.equals(source) || key.equals(server.names().resolve(source)))
        .isPresent();
  }

  /** Whether a login for a replica can be read at this server, or is configured. */
  static boolean tellsLogin(TopologyServer server, Deadline deadline) {
    return server.access().fallbackCredentials().isPresent()
        || credentialsOn(server, deadline.orSooner(LONGEST_QUESTION)).isPresent();
  }

  private static Optional<ReplicationCredentials> credentialsOn(
      TopologyServer server, Deadline deadline) {
    String query = server.access().replicationCredentialsQuery();
    Optional<ReplicationCredentials> found =
        query.isEmpty() ? Optional.empty() : credentialsBy(server, query, deadline);
    return found.isPresent() ? found : credentialsBy(server, Learning.STORED_CREDENTIALS, deadline);
  }

  private static Optional<ReplicationCredentials> credentialsBy(
      TopologyServer server, String query, Deadline deadline) {
    try {
      Table table = server.query(List.of(query), deadline).getFirst();
      if (table.isEmpty() || table.text(0, 0).isEmpty()) {
        return Optional.empty();
      }
      boolean configured = !query.equals(Learning.STORED_CREDENTIALS);
      return Optional.of(
          new ReplicationCredentials(
              table.text(0, 0),
              column(table, 1),
              configured ? column(table, 2) : "",
              configured ? column(table, 3) : "",
              configured ? column(table, 4) : ""));
    } catch (SessionException e) {
      // Not readable here: there are other places to look.
      return Optional.empty();
    }
  }

  private static String column(Table table, int position) {
    return position < table.width(0) ? table.text(0, position) : "";
  }

  /** A change of source sets the period to half of slave_net_timeout unless it is repeated. */
  private static String heartbeat(Link link, Deadline deadline) throws SessionException {
    boolean mariaDb = link.facts().dialect().isMariaDb();
    if (!mariaDb && !link.facts().has(OptionalStatement.STORED_CREDENTIALS)) {
      return "";
    }
    String question = mariaDb ? HEARTBEAT_STATUS : Learning.STORED_CREDENTIALS;
    Table table =
        link.session().run(List.of(question), deadline.orSooner(LONGEST_QUESTION)).getFirst();
    String seconds = table.isEmpty() ? "" : mariaDb ? table.text(0, 1) : table.text(0, "heartbeat");
    return seconds.matches("[0-9]+(\\.[0-9]+)?") ? seconds : "";
  }
}
