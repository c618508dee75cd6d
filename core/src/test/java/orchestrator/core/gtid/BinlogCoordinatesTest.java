package orchestrator.core.gtid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinlogCoordinatesTest {

  @ParameterizedTest
  @CsvSource({
    "mysql-bin.000001:4, mysql-bin.000001:5",
    "mysql-bin.000001:999, mysql-bin.000002:4",
    "mysql-bin.000009:4, mysql-bin.000010:4",
    "mysql-bin.999999:4, mysql-bin.1000000:4",
    "mysql-bin.999999:900, mysql-bin.1000000:4",
    "mysql-bin.2147483646:4, mysql-bin.2147483647:4",
    "host.example-bin.99999999999999999999:4, host.example-bin.100000000000000000000:4",
    "a-bin.000009:4, b-bin.000001:4",
  })
  void ordersByFileNumberThenPosition(String earlier, String later) {
    BinlogCoordinates first = BinlogCoordinates.parse(earlier);
    BinlogCoordinates second = BinlogCoordinates.parse(later);
    assertThat(first).isLessThan(second);
    assertThat(second).isGreaterThan(first);
    assertThat(first.isBefore(second)).isTrue();
    assertThat(second.isBefore(first)).isFalse();
    assertThat(first.isBefore(first)).isFalse();
  }

  @Test
  void unknownIsBeforeEverything() {
    assertThat(BinlogCoordinates.UNKNOWN).isLessThan(BinlogCoordinates.binary("a.000001", 0));
    assertThat(BinlogCoordinates.UNKNOWN.isUnknown()).isTrue();
    assertThat(BinlogCoordinates.binary("a.000001", 0).isUnknown()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void orderIsTotalAndAgreesWithEquality(long seed) {
    Random random = new Random(seed);
    List<String> files =
        List.of("", "x", "bin.1", "bin.01", "bin.000002", "bin.999999", "bin.1000000", "bin.log");
    List<BinlogCoordinates> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(
          new BinlogCoordinates(
              files.get(random.nextInt(files.size())),
              random.nextInt(3),
              random.nextBoolean() ? BinlogCoordinates.Type.BINARY : BinlogCoordinates.Type.RELAY));
    }
    Collections.sort(all);
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        int comparison = all.get(i).compareTo(all.get(j));
        assertThat(comparison == 0).isEqualTo(all.get(i).equals(all.get(j)));
        if (comparison != 0) {
          assertThat(comparison < 0).as(all.get(i) + " " + all.get(j)).isEqualTo(i < j);
        }
      }
    }
  }

  @Test
  void readsWhatItPrints() {
    BinlogCoordinates coordinates = BinlogCoordinates.parse(" mysql-bin.000123:4567\n");
    assertThat(coordinates).isEqualTo(BinlogCoordinates.binary("mysql-bin.000123", 4567));
    assertThat(coordinates.displayString()).isEqualTo("mysql-bin.000123:4567");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ":",
        "mysql-bin.000001",
        "mysql-bin.000001:",
        ":4",
        "a:b",
        "a:-4",
        "a:4:5",
        "a:4x",
        "a:99999999999999999999",
        "//a:4:5"
      })
  void refusesMalformedTextNamingIt(String text) {
    assertThatThrownBy(() -> BinlogCoordinates.parse(text))
        .isInstanceOf(GtidParseException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @Test
  void refusesNegativePositions() {
    assertThatThrownBy(() -> BinlogCoordinates.binary("a", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void detachingIsReversible() {
    BinlogCoordinates coordinates = BinlogCoordinates.binary("mysql-bin.000123", 4567);
    BinlogCoordinates detached = coordinates.detached();
    assertThat(detached.logFile()).isEqualTo("//mysql-bin.000123:4567");
    assertThat(detached.isDetached()).isTrue();
    assertThat(detached.detached()).isEqualTo(detached);
    assertThat(detached.attached()).contains(coordinates);
    assertThat(BinlogCoordinates.parse(detached.displayString())).isEqualTo(detached);
    assertThat(BinlogCoordinates.parse("//mysql-bin.000123:4567")).isEqualTo(detached);
    assertThat(coordinates.isDetached()).isFalse();
    assertThat(coordinates.attached()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "mysql-bin.000001, mysql-bin.000002",
    "mysql-bin.000009, mysql-bin.000010",
    "mysql-bin.999999, mysql-bin.1000000",
    "host.example.000041, host.example.000042",
  })
  void walksFromFileToFile(String file, String next) {
    BinlogCoordinates coordinates = BinlogCoordinates.relay(file, 777);
    assertThat(coordinates.nextFile()).contains(BinlogCoordinates.relay(next, 4));
  }

  @Test
  void walksBackToTheFirstFile() {
    assertThat(BinlogCoordinates.binary("bin.000010", 9).previousFile())
        .contains(BinlogCoordinates.binary("bin.000009", 4));
    assertThat(BinlogCoordinates.binary("bin.000001", 9).previousFile()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nodots", "bin.log", "bin."})
  void aFileWithoutNumberHasNoNeighbours(String file) {
    assertThat(BinlogCoordinates.binary(file, 4).nextFile()).isEmpty();
    assertThat(BinlogCoordinates.binary(file, 4).previousFile()).isEmpty();
  }

  @Test
  void typeCodesAreThoseOfTheJsonForm() {
    assertThat(BinlogCoordinates.Type.BINARY.code()).isZero();
    assertThat(BinlogCoordinates.Type.RELAY.code()).isEqualTo(1);
    assertThat(BinlogCoordinates.Type.ofCode(1)).contains(BinlogCoordinates.Type.RELAY);
    assertThat(BinlogCoordinates.Type.ofCode(0)).contains(BinlogCoordinates.Type.BINARY);
    assertThat(BinlogCoordinates.Type.ofCode(2)).isEmpty();
  }
}
