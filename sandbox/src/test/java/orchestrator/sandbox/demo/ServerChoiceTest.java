package orchestrator.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orchestrator.sandbox.ServerKind;
import orchestrator.sandbox.install.Installation;
import org.junit.jupiter.api.Test;

class ServerChoiceTest {
  private static final ServerChoice.Installer WITHOUT_LIBRARIES =
      kind -> {
        throw new Installation.LibrariesMissing(
            "much advice", "this machine lacks libaio.so.1 and libnuma.so.1");
      };

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Screen screen =
      new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);

  @Test
  void mySqlIsTheUsualChoiceAndNothingIsSaidOfIt() {
    List<ServerKind> installed = new ArrayList<>();
    assertThat(ServerChoice.of(Optional.empty(), installed::add, screen))
        .isEqualTo(ServerKind.MYSQL_8_0);
    assertThat(installed).containsExactly(ServerKind.MYSQL_8_0);
    assertThat(shown()).isEmpty();
  }

  @Test
  void mariaDbIsTakenWhereMySqlLacksItsLibrariesAndOneLineSaysSo() {
    assertThat(ServerChoice.of(Optional.empty(), WITHOUT_LIBRARIES, screen))
        .isEqualTo(ServerKind.MARIADB_11_4);
    assertThat(shown().lines())
        .singleElement()
        .asString()
        .contains("MariaDB 11.4.5 instead of MySQL", "lacks libaio.so.1 and libnuma.so.1");
  }

  @Test
  void whoeverWishesForMySqlIsNotGivenAnotherServer() {
    assertThat(ServerChoice.of(Optional.of(ServerKind.MYSQL_5_7), WITHOUT_LIBRARIES, screen))
        .isEqualTo(ServerKind.MYSQL_5_7);
    assertThat(shown()).isEmpty();
  }

  @Test
  void otherFailuresAreNoReasonForAnotherServer() {
    ServerChoice.Installer offline =
        kind -> {
          throw new IOException("Maven could not fetch it");
        };
    assertThat(ServerChoice.of(Optional.empty(), offline, screen)).isEqualTo(ServerKind.MYSQL_8_0);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
