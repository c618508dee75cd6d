package orchestrator.server.engine.manager;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orchestrator.core.facts.ManagerNode;
import orchestrator.core.state.Command;
import orchestrator.server.engine.Consensus;
import orchestrator.server.engine.Consensus.Submission;
import orchestrator.server.engine.Group;
import orchestrator.server.engine.Group.RoleChange;
import orchestrator.server.engine.GroupStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the group, whenever this node begins to lead, where its HTTP service is, and has it forget
 * the nodes that were removed.
 */
public final class Introduction {
  private static final Logger log = LoggerFactory.getLogger(Introduction.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final long RETRY_MILLIS = 50;

  private final Consensus consensus;
  private final Group group;
  private final ManagerNode self;

  private Introduction(Consensus consensus, Group group, ManagerNode self) {
    this.consensus = consensus;
    this.group = group;
    this.self = self;
  }

  /** Introduces this node from now on, as long as the group lives. */
  public static void begin(Consensus consensus, Group group, ManagerNode self) {
    Introduction introduction = new Introduction(consensus, group, self);
    group.onRoleChange(introduction::onChange);
    GroupStatus now = group.status();
    if (now.isLeader()) {
      introduction.introduce(now.term());
    }
  }

  private void onChange(RoleChange change) {
    if (change.to() == GroupStatus.Role.LEADER) {
      introduce(change.term());
    }
  }

  private void introduce(long term) {
    Thread.ofVirtual().name("introduction").start(() -> untilKnown(term));
  }

  /** A new leader may be too young to take a command: it is asked again while it leads. */
  private void untilKnown(long term) {
    while (leadsIn(term)) {
      List<Command> missing = missing();
      if (missing.isEmpty()) {
        return;
      }
      Submission outcome = consensus.submit(missing, LIMIT);
      log.debug("Introduced this node: {}", outcome);
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private List<Command> missing() {
    Map<String, ManagerNode> known = consensus.state().nodes();
    GroupStatus now = group.status();
    Set<String> members =
        Stream.concat(now.voters().stream(), now.learners().stream())
            .map(GroupStatus.Peer::name)
            .collect(Collectors.toSet());
    Stream<Command> introduced =
        self.equals(known.get(self.name()))
            ? Stream.of()
            : Stream.of(new Command.AnnounceNode(self));
    Stream<Command> forgotten =
        known.keySet().stream()
            .filter(name -> !members.contains(name) && !name.equals(self.name()))
            .map(Command.ForgetNode::new);
    return Stream.concat(introduced, forgotten).toList();
  }

  private boolean leadsIn(long term) {
    GroupStatus now = group.status();
    return now.isLeader() && now.term() == term;
  }
}
