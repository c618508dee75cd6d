package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import orchestrator.core.topology.ServerVersion;
import orchestrator.server.engine.ProbeResult.Failure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections are ended in few round trips, and what is left of them is told in few words. */
class ClientEndingTest {
  private static final String PROCESS_LIST = "performance_schema.processlist";
  private static final ServerVersion VERSION = new ServerVersion("8.0.36", "");

  /** A server that keeps to what packets do: it stops at the first statement that it refuses. */
  private static final class FakeTarget implements ClientEnding.Target {
    final Map<Integer, String> users = new TreeMap<>();
    final Set<String> protectedUsers;
    final List<Integer> gone = new ArrayList<>();

    /** For how many looks a connection is shown after it was ended. */
    final Map<Integer, Integer> lingering = new HashMap<>();

    String grants = "GRANT PROCESS, CONNECTION_ADMIN ON *.* TO `manager`@`%`";
    int packets;
    int pauses;
    int mostPackets = 10_000;
    private final Map<Integer, Integer> killed = new TreeMap<>();
    private int marker;

    FakeTarget(String... protectedUsers) {
      this.protectedUsers = Set.of(protectedUsers);
    }

    FakeTarget with(int from, int count, String user) {
      for (int id = from; id < from + count; id++) {
        users.put(id, user);
      }
      return this;
    }

    @Override
    public List<Table> send(List<String> statements) throws SessionException {
      packets++;
      Table last = Table.EMPTY;
      for (String statement : statements) {
        last = run(statement);
      }
      return List.of(Table.EMPTY, last);
    }

    private Table run(String statement) throws SessionException {
      if (statement.startsWith("KILL ")) {
        kill(Integer.parseInt(statement.substring(5)));
      } else if (statement.startsWith("SET ")) {
        marker = Integer.parseInt(statement.substring(statement.indexOf('=') + 1));
      } else if (statement.startsWith("SHOW GRANTS")) {
        return one("grants", grants);
      } else if (statement.equals(ClientList.statement(PROCESS_LIST))) {
        return list();
      } else {
        return one("ended", "" + marker);
      }
      return Table.EMPTY;
    }

    private static Table one(String column, String value) {
      List<@Nullable String[]> rows = new ArrayList<>();
      rows.add(new @Nullable String[] {value});
      return new Table(Map.of(column, 0), rows);
    }

    private void kill(int id) throws SessionException {
      if (gone.contains(id)) {
        throw refusal(1094);
      }
      if (protectedUsers.contains(users.getOrDefault(id, ""))) {
        throw refusal(1095);
      }
      killed.put(id, lingering.getOrDefault(id, 0));
    }

    private static SessionException refusal(int code) {
      return SessionException.refused(Failure.BAD_ANSWER, code, "no", new IOException("no"));
    }

    private Table list() {
      List<String> rows = new ArrayList<>();
      rows.add("1/manager/localhost/Query");
      for (Map.Entry<Integer, String> entry : users.entrySet()) {
        Integer looks = killed.get(entry.getKey());
        if (looks == null) {
          rows.add(entry.getKey() + "/" + entry.getValue() + "/h:1/Sleep");
        } else if (looks > 0) {
          rows.add(entry.getKey() + "/" + entry.getValue() + "/h:1/Killed");
          killed.put(entry.getKey(), looks - 1);
        }
      }
      return ClientListTest.table(rows);
    }

    @Override
    public boolean hasTime() {
      return packets < mostPackets;
    }

    @Override
    public void pause(Duration duration) {
      pauses++;
    }
  }

  private static ClientEnding.Report end(FakeTarget target) throws SessionException {
    return new ClientEnding(target, VERSION, PROCESS_LIST, Set.of("repl")).run();
  }

  @Test
  void thousandsAreEndedInAFewPackets() throws SessionException {
    FakeTarget target = new FakeTarget().with(10, 2000, "app").with(3000, 2, "repl");
    assertThat(end(target))
        .isEqualTo(new ClientEnding.Report(true, "2000 ended; left alone were 2 of repl"));
    assertThat(target.packets).isLessThanOrEqualTo(25);
  }

  @Test
  void whoIsBehindOneThatIsGoneIsEndedToo() throws SessionException {
    FakeTarget target = new FakeTarget().with(10, 250, "app");
    target.gone.addAll(List.of(10, 57, 58, 259));
    ClientEnding.Report report = end(target);
    assertThat(report.text()).startsWith("246 ended");
  }

  @Test
  void aUserWhoIsProtectedIsTriedOnceAndTheOthersGo() throws SessionException {
    FakeTarget target =
        new FakeTarget("dba", "root").with(10, 3, "app").with(20, 500, "dba").with(600, 50, "root");
    target.with(700, 40, "app");
    assertThat(end(target))
        .isEqualTo(
            new ClientEnding.Report(false, "43 ended; not allowed to end 500 of dba, 50 of root"));
    assertThat(target.packets).isLessThan(20);
  }

  @Test
  void nothingIsBegunWithoutThePrivilege() throws SessionException {
    FakeTarget target = new FakeTarget().with(10, 500, "app");
    target.grants = "GRANT PROCESS ON *.* TO `manager`@`%`";
    assertThat(end(target))
        .isEqualTo(
            new ClientEnding.Report(
                false, "none was ended, as the manager's user lacks CONNECTION_ADMIN"));
    assertThat(target.packets).isEqualTo(1);
  }

  /** Only its own connections are in the list then, and it would seem that all are gone. */
  @Test
  void whoCannotSeeOthersDoesNotSayThatTheyAreGone() throws SessionException {
    FakeTarget target = new FakeTarget();
    target.grants = "GRANT CONNECTION_ADMIN ON *.* TO `manager`@`%`";
    assertThat(end(target).complete()).isFalse();
    assertThat(end(target).text()).contains("lacks PROCESS");
  }

  @Test
  void aConnectionIsLeftAsLongAsItIsShown() throws SessionException {
    FakeTarget target = new FakeTarget().with(10, 3, "app");
    target.lingering.put(11, 4);
    assertThat(end(target)).isEqualTo(new ClientEnding.Report(true, "3 ended"));
    assertThat(target.pauses).isPositive();

    FakeTarget slow = new FakeTarget().with(10, 3, "app");
    slow.lingering.put(11, 1_000_000);
    slow.mostPackets = 30;
    assertThat(end(slow))
        .isEqualTo(new ClientEnding.Report(false, "3 ended; still ending 1 of app"));
  }

  @Test
  void whoWasNotReachedInTimeIsCounted() throws SessionException {
    FakeTarget target = new FakeTarget().with(10, 1000, "app");
    target.mostPackets = 4;
    assertThat(end(target))
        .isEqualTo(new ClientEnding.Report(false, "200 ended; no time was left for 800 of app"));
  }
}
