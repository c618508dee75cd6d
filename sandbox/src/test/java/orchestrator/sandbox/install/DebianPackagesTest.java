package orchestrator.sandbox.install;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DebianPackagesTest {
  @Test
  void aLibraryIsInThePackageThatPolicyNames() {
    assertThat(DebianPackages.namesFor("libaio.so.1")).containsExactly("libaio1", "libaio1t64");
    assertThat(DebianPackages.namesFor("liblua5.3.so.0").getFirst()).isEqualTo("liblua5.3-0");
    assertThat(DebianPackages.namesFor("libopentracing-c-wrapper.so.0").getFirst())
        .isEqualTo("libopentracing-c-wrapper0");
  }

  @Test
  void whatIsNoLibraryIsInNone() {
    assertThat(DebianPackages.namesFor("linux-vdso.so")).isEmpty();
  }
}
