package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OracleGtidSetParsingTest {
  private static final String A = "00005a7b-0000-0000-0000-00000000000a";
  private static final String B = "00005a7b-0000-0000-0000-00000000000b";

  static Stream<Arguments> acceptedTexts() {
    return Stream.of(
        Arguments.of("", ""),
        Arguments.of("  \n", ""),
        Arguments.of(A + ":1", A + ":1"),
        Arguments.of(A + ":1-5", A + ":1-5"),
        Arguments.of(A + ":5-5", A + ":5"),
        Arguments.of(A + ":1-5:7:9-12", A + ":1-5:7:9-12"),
        // As servers print it: a line break after each comma.
        Arguments.of(A + ":1-5,\n" + B + ":1-7", A + ":1-5," + B + ":1-7"),
        Arguments.of(A + ":1-5,\r\n " + B + ":1-7\n", A + ":1-5," + B + ":1-7"),
        Arguments.of(" " + A + " : 1 - 5 : 7 ", A + ":1-5:7"),
        Arguments.of("," + A + ":1,," + B + ":2,", A + ":1," + B + ":2"),
        Arguments.of(B + ":1," + A + ":1", A + ":1," + B + ":1"),
        Arguments.of(A.toUpperCase(Locale.ROOT) + ":3", A + ":3"),
        Arguments.of(A + ":1-5," + A + ":4-9", A + ":1-9"),
        Arguments.of(A + ":6-9:1-5", A + ":1-9"),
        Arguments.of(A + ":20:1:10:11:2-3", A + ":1-3:10-11:20"),
        Arguments.of(A + ":4:1-10:2", A + ":1-10"),
        Arguments.of(A + ":9223372036854775806", A + ":9223372036854775806"),
        // Tags: MySQL 8.3 and newer.
        Arguments.of(A + ":tag:1-5:tag2:7", A + ":tag:1-5:tag2:7"),
        Arguments.of(A + ":1-3:tag:1-5:7:other:2", A + ":1-3:other:2:tag:1-5:7"),
        Arguments.of(A + ":TAG:1", A + ":tag:1"),
        Arguments.of(A + ":_x9:1,\n" + A + ":2", A + ":2:_x9:1"),
        Arguments.of(A + ":tag:1:tag:2", A + ":tag:1-2"),
        Arguments.of(
            A + ":abcdefghijklmnopqrstuvwxyz_01234:1", A + ":abcdefghijklmnopqrstuvwxyz_01234:1"));
  }

  @ParameterizedTest
  @MethodSource("acceptedTexts")
  void readsServerTextsIntoCanonicalForm(String text, String canonical) {
    assertThat(OracleGtidSet.parse(text)).hasToString(canonical);
  }

  static Stream<Arguments> refusedTexts() {
    return Stream.of(
        Arguments.of("nonsense", "nonsense"),
        Arguments.of("No", "No"),
        Arguments.of(":1-5", ""),
        Arguments.of(
            "00005a7b-0000-0000-0000-00000000000:1", "00005a7b-0000-0000-0000-00000000000"),
        Arguments.of("00005a7b-0000-0000-0000-0000000000zz:1", "0000000000zz"),
        Arguments.of("00005a7b000000000000000000000000a:1", "00005a7b000000000000000000000000a"),
        Arguments.of(A, A),
        Arguments.of(A + ":", A + ":"),
        Arguments.of(A + "," + B + ":1", "," + B),
        Arguments.of(A + ":0", "0"),
        Arguments.of(A + ":0-5", "0"),
        Arguments.of(A + ":5-3", "5-3"),
        Arguments.of(A + ":-3", "-3"),
        Arguments.of(A + ":1-", ""),
        Arguments.of(A + ":1--2", ""),
        Arguments.of(A + ":1-2-3", "-3"),
        Arguments.of(A + ":1x", "1x"),
        Arguments.of(A + ":1.5", "1.5"),
        Arguments.of(A + ":1 5", "5"),
        Arguments.of(A + ":1-5:", A + ":1-5:"),
        Arguments.of(A + "::1", ":1"),
        Arguments.of(A + ":9223372036854775807", "9223372036854775807"),
        Arguments.of(A + ":99999999999999999999", "99999999999999999999"),
        Arguments.of(A + ":1;" + B + ":2", "1;" + B.substring(0, 8)),
        Arguments.of(A + ":tag", A + ":tag"),
        Arguments.of(A + ":tag:", A + ":tag:"),
        Arguments.of(A + ":tag:other:1", "other:1"),
        Arguments.of(A + ":1:tag", A + ":1:tag"),
        Arguments.of(A + ":tag,1", ",1"),
        Arguments.of(A + ":ta+g:1", "ta+g"),
        Arguments.of(A + ":a123456789012345678901234567890123:1", "a123456789"),
        Arguments.of("0-1-100", "0-1-100"));
  }

  @ParameterizedTest
  @MethodSource("refusedTexts")
  void refusesMalformedTextNamingTheWrongPart(String text, String offendingText) {
    assertThatThrownBy(() -> OracleGtidSet.parse(text))
        .isInstanceOfSatisfying(
            GtidParseException.class,
            failure -> assertThat(failure.offendingText()).contains(offendingText))
        .hasMessageStartingWith("Bad GTID");
  }

  @Test
  void quotesLongTextsShortened() {
    assertThatThrownBy(() -> OracleGtidSet.parse("x".repeat(100_000)))
        .message()
        .hasSizeLessThan(200);
  }

  @Test
  void readsTenThousandIntervals() {
    StringBuilder text = new StringBuilder(A);
    for (int number = 1; number <= 20_000; number += 2) {
      text.append(':').append(number);
    }
    OracleGtidSet set = OracleGtidSet.parse(text.toString());
    assertThat(set.transactionCount()).isEqualTo(10_000);
    assertThat(set).hasToString(text.toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MAX_VALUE})
  void refusesNumbersOutOfRangeInASingleTransaction(long number) {
    assertThatThrownBy(() -> OracleGtid.of(A, number)).isInstanceOf(GtidParseException.class);
  }

  @Test
  void printsASingleTransactionAsGtidNextTakesIt() {
    assertThat(OracleGtid.of(A.toUpperCase(Locale.ROOT), 7)).hasToString(A + ":7");
    assertThat(new OracleGtid(A, "Tag", 7)).hasToString(A + ":tag:7");
  }
}
