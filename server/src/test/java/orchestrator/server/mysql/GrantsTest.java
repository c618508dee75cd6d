package orchestrator.server.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orchestrator.core.topology.ServerVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which privileges are told to be missing, and that none is where that cannot be told. */
class GrantsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8.0.36 | GRANT ALL PRIVILEGES ON *.* TO `o`@`%` |",
        "8.0.36 | GRANT SUPER, RELOAD ON *.* TO `o`@`%` |",
        "8.0.36 | GRANT SYSTEM_VARIABLES_ADMIN,REPLICATION_SLAVE_ADMIN ON *.* TO `o`@`%` |",
        "8.0.36 | GRANT REPLICATION_SLAVE_ADMIN ON *.* TO `o`@`%` | SYSTEM_VARIABLES_ADMIN",
        "8.0.36 | GRANT PROCESS ON *.* TO `o`@`%` | SYSTEM_VARIABLES_ADMIN REPLICATION_SLAVE_ADMIN",
        "8.0.36 | GRANT PROCESS ON *.* TO `o`@`%`;GRANT `dba`@`%` TO `o`@`%` |",
        "5.7.44 | GRANT REPLICATION SLAVE ON *.* TO 'o'@'%' | SUPER",
        "11.4.5-MariaDB | GRANT READ_ONLY ADMIN, REPLICATION SLAVE ADMIN ON *.* TO `o`@`%` |",
        "11.4.5-MariaDB | GRANT REPLICATION SLAVE ADMIN ON *.* TO `o`@`%` | READ_ONLY ADMIN",
        "11.4.5-MariaDB | GRANT SUPER ON *.* TO `o`@`%` | READ_ONLY ADMIN REPLICATION SLAVE ADMIN",
        "10.11.6-MariaDB | GRANT SUPER ON *.* TO `o`@`%` | READ_ONLY ADMIN",
        "10.6.16-MariaDB | GRANT SUPER ON *.* TO `o`@`%` |",
        "10.4.30-MariaDB | GRANT RELOAD ON *.* TO `o`@`%` | SUPER"
      })
  void tellsWhatIsMissing(String version, String grants, String missing) {
    List<String> found =
        new Grants(List.of(grants.split(";"))).missing(new ServerVersion(version.strip(), ""));
    assertThat(String.join(" ", found)).isEqualTo(missing == null ? "" : missing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8.0.36 | GRANT ALL PRIVILEGES ON *.* TO `o`@`%` |",
        "8.0.36 | GRANT PROCESS, CONNECTION_ADMIN ON *.* TO `o`@`%` |",
        "8.0.36 | GRANT CONNECTION_ADMIN ON *.* TO `o`@`%` | PROCESS",
        "8.0.36 | GRANT PROCESS, SYSTEM_VARIABLES_ADMIN ON *.* TO `o`@`%` | CONNECTION_ADMIN",
        "5.7.44 | GRANT PROCESS, SUPER ON *.* TO 'o'@'%' |",
        "5.7.44 | GRANT RELOAD ON *.* TO 'o'@'%' | PROCESS, SUPER",
        "11.4.5-MariaDB | GRANT PROCESS, CONNECTION ADMIN ON *.* TO `o`@`%` |",
        "11.4.5-MariaDB | GRANT PROCESS, READ_ONLY ADMIN ON *.* TO `o`@`%` | CONNECTION ADMIN",
        "11.4.5-MariaDB | GRANT PROCESS, SUPER ON *.* TO `o`@`%` | CONNECTION ADMIN",
        "10.11.6-MariaDB | GRANT PROCESS, SUPER ON *.* TO `o`@`%` |",
        "11.4.5-MariaDB | GRANT `dba` TO `o`@`%` |"
      })
  void tellsWhatIsMissingToEndClients(String version, String grants, String missing) {
    assertThat(
            new Grants(List.of(grants)).missingToEndClients(new ServerVersion(version.strip(), "")))
        .isEqualTo(missing == null ? "" : missing);
  }
}
