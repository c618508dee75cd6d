package orchestrator.core.recovery;

import java.util.List;
import orchestrator.core.topology.InstanceKey;

/**
 * What a server tells about whether it could be changed, without being changed.
 *
 * @param failure why it could not be asked; empty when it was
 * @param missingPrivileges that the manager's user lacks there; empty when it lacks none, and when
 *     that cannot be told, as with roles
 * @param missingToEndClients the privilege that it lacks to end the connections of clients; empty
 *     when it lacks none, and when that cannot be told
 * @param longTransactions that have written, and are open for long: each in words
 * @param tellsReplicationLogin whether a login for replicas can be read there
 */
public record TakeoverSurvey(
    InstanceKey server,
    String failure,
    List<String> missingPrivileges,
    String missingToEndClients,
    List<String> longTransactions,
    boolean tellsReplicationLogin) {
  public TakeoverSurvey {
    missingPrivileges = List.copyOf(missingPrivileges);
    longTransactions = List.copyOf(longTransactions);
  }

  /** Of a server that did not answer. */
  public static TakeoverSurvey failed(InstanceKey server, String failure) {
    return new TakeoverSurvey(server, failure, List.of(), "", List.of(), false);
  }
}
