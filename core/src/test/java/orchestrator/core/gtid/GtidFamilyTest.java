package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of both families told apart. */
class GtidFamilyTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"0-1-100", "0-1-100,1-2-5", " 0 - 1 - 100 ,\n1-2-5", "12345678-1234-1234"})
  void readsPositionsOfMariaDb(String text) {
    assertThat(GtidSet.parse(text)).isEqualTo(MariaDbGtidSet.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00005a7b-0000-0000-0000-00000000000a:1-5",
        "12345678-1234-1234-1234-123456789012:1-5",
        "\n12345678-1234-1234-1234-123456789012:tag:1-5,abcdef00-1234-1234-1234-123456789012:1"
      })
  void readsSetsOfMySql(String text) {
    assertThat(GtidSet.parse(text)).isEqualTo(OracleGtidSet.parse(text));
    assertThat(GtidDifference.parse(text)).isEqualTo(OracleGtidSet.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "0-1", "0-1-1,x", "1-2-3-4:5"})
  void refusesWhatIsNeither(String text) {
    assertThatThrownBy(() -> GtidSet.parse(text)).isInstanceOf(GtidParseException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-1-91..100", "0-1-7", "0-1-91..100,7-4294967295-1..2"})
  void readsPrintedDifferencesOfMariaDb(String text) {
    assertThat(GtidDifference.parse(text))
        .isInstanceOf(MariaDbGtidDifference.class)
        .hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-1-0", "0-1-5..4", "0-1-0..4", "0-1-1,", "0-1-1..", "0-1-1,x"})
  void refusesMalformedDifferences(String text) {
    assertThatThrownBy(() -> GtidDifference.parse(text)).isInstanceOf(GtidParseException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0-1-91..100   | 0-2-91..95         | 0-1-91..100
          0-1-91..100   | 0-2-91..105        | 0-2-91..105
          0-1-7         | 1-1-3              | 0-1-7,1-1-3
          ''            | 0-1-7              | 0-1-7
          0-1-7         | ''                 | 0-1-7
          %1$s:1-5      | %1$s:4-9,%2$s:1    | %1$s:1-9,%2$s:1
          %1$s:1-5      | 0-1-7              | %1$s:1-5
          """)
  void joinsDifferencesOfOneFamily(String one, String other, String both) {
    assertThat(difference(one).join(difference(other))).isEqualTo(difference(both));
  }

  private static GtidDifference difference(String text) {
    return GtidDifference.parse(
        text.formatted(
            "00005a7b-0000-0000-0000-00000000000a", "12345678-1234-1234-1234-123456789012"));
  }
}
