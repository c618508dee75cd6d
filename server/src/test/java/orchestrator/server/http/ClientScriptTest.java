package orchestrator.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import orchestrator.core.facts.DemotedMaster;
import orchestrator.core.state.Command;
import orchestrator.core.testing.InstanceBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.program.ClientScript;
import orchestrator.program.Run;
import orchestrator.server.engine.Outcome.Failure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs {@code bin/orchestrator-client} against a served API. */
class ClientScriptTest {
  @TempDir Path folder;
  private ApiFixture api;

  @BeforeAll
  static void needsItsPrograms() throws Exception {
    ClientScript.assumePrograms();
  }

  @BeforeEach
  void start() throws IOException {
    api = ApiFixture.start();
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  private Run client(String... arguments) throws Exception {
    return client(Map.of("ORCHESTRATOR_API", api.address()), arguments);
  }

  private Run client(Map<String, String> environment, String... arguments) throws Exception {
    return ClientScript.run(folder, environment, arguments);
  }

  private void prints(String expected, String... arguments) throws Exception {
    Run run = client(arguments);
    assertThat(run).isEqualTo(new Run(0, expected, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clusters                                     | m.example:3306 other.example:3306",
        "clusters-alias                               | m.example:3306,main other.example:3306,other.example:3306",
        "instance -i r1.example:3306                  | r1.example:3306",
        "instance -i r1.example                       | r1.example:3306",
        "instance -i r1                               | r1.example:3306",
        "which-master -i r1.example                   | m.example:3306",
        "which-master -i m.example                    | ''",
        "which-replicas -i m.example                  | r1.example:3306 r2.example:3306",
        "which-slaves -i m.example                    | r1.example:3306 r2.example:3306",
        "which-broken-replicas -i m.example           | ''",
        "which-cluster-instances -a main              | m.example:3306 r1.example:3306 r2.example:3306",
        "which-cluster -i r1.example:3306             | m.example:3306",
        "which-cluster-alias -i r1.example:3306       | main",
        "which-cluster-master -alias main             | m.example:3306",
        "all-clusters-masters                         | m.example:3306 other.example:3306",
        "all-instances                                | m.example:3306 other.example:3306 r1.example:3306 r2.example:3306",
        "which-cluster-osc-replicas -a main           | r1.example:3306 r2.example:3306",
        "which-cluster-osc-running-replicas -a main   | r1.example:3306 r2.example:3306",
        "search -i other                              | other.example:3306",
        "is-replicating -i r1.example                 | r1.example:3306",
        "is-replication-stopped -i r1.example         | ''",
        "downtimed                                    | ''",
        "check-global-recoveries                      | enabled",
        "disable-global-recoveries                    | disabled",
        "pause-recoveries -a main -r moves -u 2h      | m.example:3306",
        "resume-recoveries -a main                    | m.example:3306",
        "blocked-recoveries                           | ''",
        "discover -i r1.example                       | r1.example:3306",
        "async-discover -i r9.example                 | ''",
        "forget -i r1.example                         | ''",
        "stop-replica -i r1.example                   | r1.example:3306",
        "start-slave -i r1.example                    | r1.example:3306",
        "set-read-only --instance=r1.example          | r1.example:3306",
        "recover -i m.example                         | r1:3306",
        "recover -i m.example -d r2.example           | r2.example:3306",
        "force-master-failover -a main                | r1:3306",
        "force-master-takeover -a main -d r2.example  | r2.example:3306",
        "graceful-master-takeover -a main -d r2.example | r2.example:3306",
        "graceful-master-takeover-auto -i r1.example  | r1:3306",
        "ack-cluster-recoveries -a main -r seen       | m.example:3306",
        "register-candidate -i r1.example -R prefer   | r1.example:3306",
        "register-hostname-unresolve -i r1.example -H vip | r1.example:3306",
        "deregister-hostname-unresolve -i r1.example  | r1.example:3306",
        "tags -i r1.example                           | ''",
        "tagged -t a=b                                | ''",
        "submit-pool-instances -l app -i r1,r2        | app",
        "which-heuristic-cluster-pool-instances -a main | ''"
      })
  void aCommandPrintsOneItemALine(String command, String expected) throws Exception {
    String lines = expected.isEmpty() ? "" : expected.replace(' ', '\n') + "\n";
    prints(lines, ("-c " + command.trim()).split(" +"));
  }

  @Test
  void downtimeCarriesOwnerReasonAndDurationExactly() throws Exception {
    prints(
        "r1.example:3306\n",
        "-c",
        "begin-downtime",
        "-i",
        "r1.example",
        "-o",
        "ann",
        "-r",
        "a/b & c? 100% *  'x'",
        "-u",
        "2h");
    var downtime = api.operations.downtime("r1.example");
    assertThat(downtime.owner()).isEqualTo("ann");
    assertThat(downtime.reason()).isEqualTo("a/b & c? 100% *  'x'");
    assertThat(downtime.end()).isEqualTo(TopologyBuilder.NOW.plusSeconds(7200));
    prints("r1.example:3306\n", "-c", "downtimed");
    prints("r1.example:3306\n", "-c", "end-downtime", "-i", "r1.example");
  }

  @Test
  void acknowledgementsCarryTheWholeComment() throws Exception {
    prints("seen by ann & bob\n", "-c", "ack-all-recoveries", "-r", "seen by ann & bob");
  }

  @Test
  void demotedMastersAreShownAndReleased() throws Exception {
    api.operations.with(
        new Command.WatchDemotedMaster(
            new DemotedMaster(
                TopologyBuilder.key("old.example"),
                "7",
                TopologyBuilder.key("m.example"),
                TopologyBuilder.NOW)));
    prints("old.example:3306\n", "-c", "demoted-masters");
    prints("old.example:3306\n", "-c", "release-demoted-master", "-i", "old.example");
    prints("", "-c", "demoted-masters");
  }

  @Test
  void anExplanationIsPrintedLineByLine() throws Exception {
    prints(
        """
        m.example:3306 is not recovered from: leader: this manager does not lead
        leader: NO: this manager does not lead
        """,
        "-c",
        "explain",
        "-i",
        "m.example");
  }

  @Test
  void brakesArePrintedLineByLine() throws Exception {
    prints("m.example:3306\n", "-c", "pause-recoveries", "-a", "main", "-r", "moves", "-o", "ann");
    String lines =
        """
        global recoveries: enabled
        mass-failure brake: off
        budget: no limit
        paused: m.example:3306 until 2026-01-15T12:10:00Z by ann: moves
        """;
    prints(lines, "-c", "recovery-brakes");
    prints(lines, "-c", "release-recovery-brake", "-r", "seen");
  }

  @Test
  void tagsAreSetShownAndRemoved() throws Exception {
    prints("r1.example:3306\n", "-c", "tag", "-i", "r1.example", "-t", "role=back up");
    prints("role=back up\n", "-c", "tags", "-i", "r1.example");
    prints("back up\n", "-c", "tag-value", "-i", "r1.example", "-t", "role");
    prints("r1.example:3306\n", "-c", "untag-all", "-t", "role=back up");
  }

  @Test
  void analysisPrintsServerClusterAndCode() throws Exception {
    prints(
        "m.example:3306 (cluster m.example:3306): NoFailoverSupportStructureWarning\n",
        "-c",
        "replication-analysis");
    api.operations.topology(
        ApiFixture.servers().with("m.example", InstanceBuilder::unreachable).build());
    prints(
        "m.example:3306 (cluster m.example:3306): UnreachableMaster\n",
        "-c",
        "replication-analysis");
  }

  @Test
  void aTopologyIsPrintedAsATree() throws Exception {
    Run run = client("-c", "topology", "-a", "main");
    assertThat(run.exit()).isZero();
    assertThat(run.out().lines().map(line -> line.replaceAll(" *\\[.*", "")))
        .containsExactly("m.example:3306", "+ r1.example:3306", "+ r2.example:3306");
    assertThat(client("-c", "topology-tabulated", "-i", "r1.example").out())
        .contains("+ r1.example:3306|");
    assertThat(client("-c", "topology-tags", "-a", "main").out().lines())
        .allMatch(line -> line.endsWith("] []"));
  }

  @Test
  void aPlanIsPrintedLineByLine() throws Exception {
    prints(
        """
        promotes: r1.example:3306
        gate closed: cluster filter: not in the filters
        candidate: r1.example:3306: prefer
        loss: Which transactions were lost is not known
        replica: r1.example:3306: promoted
        step: r1.example:3306: STOP REPLICA
        step: PreFailoverProcesses: echo
        step: agree: About to promote r1.example:3306; MoveCluster
        key-value: mysql/master/main: r1.example:3306
        """,
        "-c",
        "recovery-plan",
        "-i",
        "m.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "recover -i m.example",
        "recover-lite -i m.example",
        "force-master-failover -i m.example",
        "force-master-takeover -i m.example -d r1.example",
        "graceful-master-takeover -i m.example -d r1.example",
        "graceful-master-takeover-auto -i m.example"
      })
  void aDryRunPrintsThePlanAndDoesNothing(String command) throws Exception {
    Run run = client(("-c " + command + " --dry-run").split(" "));
    assertThat(run).isEqualTo(new Run(0, run.out(), ""));
    assertThat(run.out()).contains("step: r1.example:3306: STOP REPLICA");
    assertThat(api.operations.asked).singleElement().asString().startsWith("plan");
  }

  @Test
  void apiPrintsTheWholeAnswer() throws Exception {
    prints("[\"m.example:3306\",\"other.example:3306\"]\n", "-c", "api", "-path", "clusters");
    Run refused = client("-c", "api", "-P", "instance/unknown/3306");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.out())
        .isEqualTo(
            "{\"Code\":\"ERROR\",\"Message\":\"Cannot read instance: unknown:3306\","
                + "\"Details\":null}\n");
  }

  @Test
  void anErrorOfTheApiGoesToStandardErrorAndItsDetailsToStandardOutput() throws Exception {
    api.operations.failure = Optional.of(Failure.CONFLICT);
    assertThat(client("-c", "recover", "-i", "m.example"))
        .isEqualTo(
            new Run(1, "{\"Hostname\":\"m.example\",\"Port\":3306}\n", "It fails as asked\n"));
    assertThat(client("-c", "instance", "-i", "unknown"))
        .isEqualTo(new Run(1, "", "Cannot read instance: unknown:3306\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-c no-such-command                 | unknown command: no-such-command",
        "-c clusters --no-such-option x     | unknown option: --no-such-option",
        "-c clusters stray                  | unexpected argument: stray",
        "-c clusters -i                     | option -i needs a value",
        "-c stop-replica -i r1 --dry-run    | there is no dry run of stop-replica: nothing was done",
        "-c instance                        | instance (-i) must be provided",
        "-c topology                        | cluster (-a) or instance (-i) must be provided",
        "-c begin-downtime -i r1.example    | reason (-r) must be provided",
        "-c relocate -i r1.example          | destination (-d) must be provided",
        "-i r1.example                      | no command"
      })
  void aMistakeIsNamedAndNothingIsAsked(String arguments, String message) throws Exception {
    Run run = client(arguments.trim().split(" +"));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("orchestrator-client[").contains(message);
    assertThat(api.operations.asked).isEmpty();
  }

  @Test
  void helpNeedsNoServer() throws Exception {
    Run run = client(Map.of("ORCHESTRATOR_API", "http://127.0.0.1:1"), "-h");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("which-cluster-master").contains("--promotion-rule");
  }

  @Test
  void credentialsComeFromTheEnvironmentOrAnOption() throws Exception {
    HttpSettings secured =
        HttpSettings.LOCAL.withAuthentication(new Authentication.Basic("ann", "p\"a\\ss:w rd"));
    try (ApiFixture closed = ApiFixture.start(secured)) {
      Map<String, String> environment = new TreeMap<>();
      environment.put("ORCHESTRATOR_API", closed.address());
      assertThat(client(environment, "-c", "clusters").err()).contains("Not Authorized");
      assertThat(client(environment, "-c", "clusters", "-b", "ann:p\"a\\ss:w rd").exit()).isZero();
      environment.put("ORCHESTRATOR_AUTH_USER", "ann");
      environment.put("ORCHESTRATOR_AUTH_PASSWORD", "p\"a\\ss:w rd");
      assertThat(client(environment, "-c", "clusters").exit()).isZero();
    }
  }

  @Test
  void whatIsNoOrchestratorIsNamedAsSuch() throws Exception {
    Run run =
        client(Map.of("ORCHESTRATOR_API", "http://127.0.0.1:1"), "-c", "stop-replica", "-i", "x");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("cannot reach http://127.0.0.1:1/api");
  }
}
