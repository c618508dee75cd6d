package orchestrator.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import orchestrator.core.topology.InstanceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;

  @Test
  void linesAreWrittenInOrderInTheDocumentedForm() throws IOException {
    Path path = folder.resolve("audit.log");
    try (AuditFile file = new AuditFile(path, ZoneOffset.ofHours(2))) {
      Audit audit = new Audit(() -> AT, List.of(file));
      audit.record(
          "begin-downtime",
          Optional.of(new InstanceKey("db1", 3306)),
          "db0:3306",
          "owner: me,\treason:\nwork");
      audit.record("shutdown", Optional.empty(), "", "bye");
    }
    assertThat(Files.readString(path))
        .isEqualTo(
            """
            2026-01-02 05:04:05\tbegin-downtime\tdb1\t3306\t[db0:3306]\towner: me, reason: work\t
            2026-01-02 05:04:05\tshutdown\t\t0\t[]\tbye\t
            """);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void fileThatWasRotatedAwayIsMadeAgain() throws IOException {
    Path path = folder.resolve("audit.log");
    try (AuditFile file = new AuditFile(path, ZoneOffset.UTC)) {
      file.audit(new AuditRecord(AT, "first", Optional.empty(), "", ""));
    }
    Files.move(path, folder.resolve("audit.log.1"));
    try (AuditFile file = new AuditFile(path, ZoneOffset.UTC)) {
      file.audit(new AuditRecord(AT, "second", Optional.empty(), "", ""));
    }
    assertThat(Files.readString(path)).contains("second").doesNotContain("first");
  }

  @Test
  void fileThatCannotBeWrittenStopsNobody() {
    try (AuditFile file = new AuditFile(folder.resolve("missing/audit.log"), ZoneOffset.UTC)) {
      file.audit(new AuditRecord(AT, "lost", Optional.empty(), "", ""));
    }
    assertThat(folder.resolve("missing")).doesNotExist();
  }
}
