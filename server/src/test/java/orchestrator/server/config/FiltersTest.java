package orchestrator.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiltersTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,          10.0.0.1,  3306, true",
    "10.0.0.1,          10.0.0.10, 3306, false",
    "10.0.0.1,          10x0x0x1,  3306, false",
    "10.0.0,            10.0.0.10, 3306, true",
    "10,                db10,      3306, true",
    "::1,               ::1,       3306, true",
    "::1,               fe80::1,   3306, false",
    "db,                mydb1,     3306, true",
    "^db1:3306$,        db1,       3306, true",
    "^db1:3306$,        db1,       3307, false",
    ":3307,             db1,       3307, true",
    "DB,                db1,       3306, false",
    "(?i)DB,            db1,       3306, true",
    "(?P<x_y>a+):[[:digit:]]$, aa, 5,    true",
  })
  void anAddressIsComparedAndAnythingElseIsFoundInHostAndPort(
      String entry, String host, int port, boolean expected) {
    assertThat(HostFilter.of(List.of("never", entry)).matches(new InstanceKey(host, port)))
        .isEqualTo(expected);
  }

  @Test
  void anEmptyFilterMatchesNothing() {
    assertThat(HostFilter.of(List.of()).matches(new InstanceKey("db1", 3306))).isFalse();
    assertThat(NameFilter.of(List.of()).matches("")).isFalse();
    assertThat(ClusterFilter.of(List.of()).matches("a", "b")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "db1:3306,    db1:3306, '',   true",
    "db1,         db1:3306, '',   true",
    "main,        db1:3306, main, true",
    "mai,         db1:3306, main, false",
    "alias=main,  db1:3306, main, true",
    "alias=mai,   db1:3306, main, false",
    "alias=,      db1:3306, '',   false",
    "alias~=^ma,  db1:3306, main, true",
    "alias~=^db,  db1:3306, main, false",
    "*,           db1:3306, '',   true",
    ".*,          db1:3306, '',   true",
    "'',          db1:3306, '',   false",
  })
  void aClusterIsMatchedByNameAliasOrPattern(
      String entry, String name, String alias, boolean expected) {
    assertThat(ClusterFilter.of(List.of(entry)).matches(name, alias)).isEqualTo(expected);
  }

  @Test
  void theFirstAliasRuleInTheFileWins() {
    ClusterAliasRules rules =
        ConfigurationFixtures.with("\"ClusterNameToAlias\": {\"db1\": \"a\", \"db.*\": \"b\"}")
            .classification()
            .clusterAliases();

    assertThat(rules.aliasFor("db1:3306")).contains("a");
    assertThat(rules.aliasFor("db2:3306")).contains("b");
    assertThat(rules.aliasFor("x:3306")).isEmpty();
  }

  @Test
  void aClusterMayHaveItsOwnMinimumDurationOfAFailure() {
    AnalysisConfiguration analysis =
        ConfigurationFixtures.with(
                "\"FailureMinimumDurationMilliseconds\": 100,"
                    + " \"ClusterFailureMinimumDurationMilliseconds\":"
                    + " {\"alias=main\": 250, \"db\": 0}")
            .analysis();

    assertThat(analysis.minimumFailureDuration("db1:3306", "main"))
        .isEqualTo(Duration.ofMillis(250));
    assertThat(analysis.minimumFailureDuration("db1:3306", "")).isZero();
    assertThat(analysis.minimumFailureDuration("x:3306", "")).isEqualTo(Duration.ofMillis(100));
  }

  @ParameterizedTest
  @CsvSource({
    "[[:alpha:]]+,   abc,  true",
    "^[[:alpha:]]$,  ':',  false",
    "^[^[:digit:]]$, 5,    false",
    "^[[:^digit:]]$, x,    true",
    "^[a[b]$,        '[',  true",
    "^[a&&b]$,       '&',  true",
    "^[]a]$,         ']',  true",
    "^\\Q[(\\E$,     '[(', true",
    "(?P<dc>x)y,     xy,   true",
    "(?<dc_1>x)y,    xy,   true",
    "^a{2}$,          aa,   true",
    "^{a},            '{a}',true",
    "^\\[x\\]$,      '[x]',true",
  })
  void patternsMeanWhatTheyMeanInGo(String pattern, String text, boolean expected) {
    assertThat(GoPattern.compile(pattern).matcher(text).find()).isEqualTo(expected);
  }

  @Test
  void aBadPatternIsReportedAsWritten() {
    assertThatThrownBy(() -> GoPattern.compile("(?P<a>x"))
        .isInstanceOf(PatternSyntaxException.class)
        .hasMessageContaining("(?P<a>x");
  }
}
