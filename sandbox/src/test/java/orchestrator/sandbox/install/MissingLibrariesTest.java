package orchestrator.sandbox.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.sandbox.ServerKind;
import org.junit.jupiter.api.Test;

class MissingLibrariesTest {
  @Test
  void whoeverWantsMySqlIsToldWhatToInstallAndWhatElseWouldDo() {
    Installation.LibrariesMissing missing =
        MissingLibraries.missing(
            ServerKind.MYSQL_8_0.distribution(), List.of("libaio.so.1", "libnuma.so.1"));

    assertThat(missing)
        .hasMessageContaining("MySQL 8.0.31 needs libaio.so.1, libnuma.so.1")
        .hasMessageContaining("apt-get install libaio1 libnuma1")
        .hasMessageContaining("mariadb-11.4");
    assertThat(missing.inShort()).isEqualTo("this machine lacks libaio.so.1 and libnuma.so.1");
  }
}
