package orchestrator.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import orchestrator.server.config.Configuration;
import orchestrator.server.config.ConfigurationLoader;
import orchestrator.server.config.ConfigurationResult;
import orchestrator.server.engine.GroupStatus.Peer;
import orchestrator.server.raft.RaftSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Which node this is, and what is told of a configuration that cannot be meant. */
class RaftSetupTest {
  private static final String THREE = "'RaftNodes': ['10.0.0.1', '10.0.0.2', '10.0.0.3']";

  @TempDir Path folder;
  private final Logger logger = (Logger) LoggerFactory.getLogger(RaftSetup.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    // Whatever level another test of this JVM has chosen for all.
    logger.setLevel(Level.WARN);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(logged);
    logger.setLevel(null);
  }

  private RaftSettings settings(String... keys) throws IOException {
    return RaftSetup.of(configuration(keys), Version.current());
  }

  /** With single quotes in place of double ones. */
  private Configuration configuration(String... keys) throws IOException {
    Path file = folder.resolve("orchestrator.conf.json");
    String raft = "'RaftEnabled': true, 'RaftDataDir': '" + folder + "'";
    Files.writeString(
        file,
        """
        {'BackendDB': 'sqlite', 'SQLite3DataFile': '%s', 'ListenAddress': ':3000',
         'MySQLTopologyUser': 'nobody', 'MySQLTopologyPassword': 'none', %s, %s}
        """
            .formatted(folder.resolve("state"), raft, String.join(", ", keys))
            .replace('\'', '"'));
    return switch (ConfigurationLoader.load(List.of(file), Map.of())) {
      case ConfigurationResult.Loaded loaded -> loaded.configuration();
      case ConfigurationResult.Refused refused -> throw new AssertionError(refused.refusals());
      case ConfigurationResult.Invalid invalid -> throw new AssertionError(invalid.errors());
    };
  }

  private void isRefused(List<String> parts, String... keys) {
    assertThatThrownBy(() -> settings(keys))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  private List<String> warnings() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aNodeIsTheOneThatHasItsAddress() throws IOException {
    RaftSettings settings = settings(THREE, "'RaftBind': '10.0.0.2'");
    assertThat(settings.self()).isEqualTo(new Peer("10.0.0.2:10008", "10.0.0.2:10008"));
    assertThat(settings.voters()).hasSize(3);
    assertThat(settings.httpUri()).isEqualTo("http://10.0.0.2:3000");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void whatOthersSeeCountsAndNotWhereItListens() throws IOException {
    RaftSettings settings =
        settings(THREE, "'RaftBind': '0.0.0.0:10009'", "'RaftAdvertise': '10.0.0.3'");
    assertThat(settings.self().address()).isEqualTo("10.0.0.3:10008");
    assertThat(settings.bindPort()).isEqualTo(10009);
  }

  @Test
  void aNameOutlivesAnAddress() throws IOException {
    RaftSettings settings =
        settings(
            "'RaftNodes': ['east=10.0.0.1', 'west=[fd00::2]:10009', 'north=10.0.0.3']",
            "'RaftNodeName': 'west'");
    assertThat(settings.self()).isEqualTo(new Peer("west", "[fd00::2]:10009"));
    assertThat(settings.httpUri()).isEqualTo("http://[fd00::2]:3000");
  }

  @Test
  void aNodeThatIsNotInTheListIsRefused() {
    isRefused(
        List.of("10.0.0.4:10008", "10.0.0.1:10008", "Add it there", "RaftNodeName", "RaftJoin"),
        THREE,
        "'RaftBind': '10.0.0.4'");
  }

  /** Neither gRPC nor HTTP would find it, though it may resolve. */
  @ParameterizedTest
  @ValueSource(strings = {"orc_1", "nöde1", "orc.1a"})
  void aNodeWhoseNameIsNoHostNameIsRefused(String host) {
    isRefused(
        List.of("[" + host + ":10008]", "use another name of that host"),
        "'RaftNodes': ['10.0.0.1', '" + host + "', '10.0.0.3']",
        "'RaftBind': '10.0.0.1'");
  }

  @Test
  void aNodeThatListensEverywhereAndDoesNotSayWhereItIsIsRefused() {
    isRefused(List.of("RaftNodes must name this node"), THREE, "'RaftBind': '0.0.0.0'");
    isRefused(List.of("RaftAdvertise", "0.0.0.0"), "'RaftJoin': true", "'RaftBind': '0.0.0.0'");
  }

  @Test
  void aNameThatIsNotInTheListIsRefused() {
    isRefused(
        List.of("RaftNodeName is 'wets'", "east, west, north"),
        "'RaftNodes': ['east=10.0.0.1', 'west=10.0.0.2', 'north=10.0.0.3']",
        "'RaftNodeName': 'wets'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"10.0.0.1\", \"10.0.0.2\", \"10.0.0.2:10008\", \"b=10.0.0.2\"",
        "\"a=10.0.0.1\", \"b=10.0.0.2\", \"b=10.0.0.3\""
      })
  void aNodeThatIsNamedTwiceIsRefused(String nodes) {
    isRefused(
        List.of("RaftNodes names a node twice"),
        "'RaftNodes': [" + nodes + "]",
        "'RaftBind': '10.0.0.1'");
  }

  @ParameterizedTest
  @CsvSource({
    "2, '2 of them must be alive, so it bears no failure at all'",
    "4, '3 of them must be alive, so it bears no more failures than 3 nodes would'"
  })
  void anEvenNumberOfNodesIsWarnedOf(int count, String why) throws IOException {
    List<String> nodes =
        List.of("'10.0.0.1'", "'10.0.0.2'", "'10.0.0.3'", "'10.0.0.4'").subList(0, count);
    settings("'RaftNodes': [" + String.join(", ", nodes) + "]", "'RaftBind': '10.0.0.1'");
    assertThat(warnings()).singleElement().asString().contains(why, "Use 3, 5 or 7");
  }

  @Test
  void aNameThatDoesNotResolveKeepsNobodyFromStarting() throws IOException {
    RaftSettings settings =
        settings(
            "'RaftNodes': ['127.0.0.1', 'no-such-host.invalid', '10.0.0.3']",
            "'RaftBind': '0.0.0.0'",
            "'RaftAdvertise': 'localhost'");
    assertThat(settings.self().address()).isEqualTo("127.0.0.1:10008");
    assertThat(settings.voters()).extracting(Peer::name).contains("no-such-host.invalid:10008");
    assertThat(warnings()).singleElement().asString().contains("no-such-host.invalid");
  }

  @ParameterizedTest
  @CsvSource({"[]", "['10.0.0.1']"})
  void aSingleNodeIsAGroupOfOne(String nodes) throws IOException {
    RaftSettings settings = settings("'RaftNodes': " + nodes, "'RaftBind': '10.0.0.1'");
    assertThat(settings.voters()).containsExactly(settings.self());
    assertThat(warnings()).isEmpty();
  }

  @Test
  void aNodeThatJoinsNeedsNoList() throws IOException {
    RaftSettings settings =
        settings("'RaftJoin': true", "'RaftBind': '10.0.0.4'", "'RaftNodeName': 'south'");
    assertThat(settings.self()).isEqualTo(new Peer("south", "10.0.0.4:10008"));
    assertThat(settings.voters()).isEmpty();
    assertThat(settings.join()).isTrue();
  }
}
