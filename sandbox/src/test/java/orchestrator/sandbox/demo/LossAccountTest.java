package orchestrator.sandbox.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class LossAccountTest {
  private static final Instant SEEN = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void ledgerTellsWhichAcknowledgedRowsAreMissing() {
    Ledger ledger = new Ledger();
    for (long id = 1; id <= 3; id++) {
      ledger.send(id);
      ledger.acknowledge(id, SEEN);
    }
    ledger.send(4);
    assertThat(ledger.missingFrom(Set.of(1L, 3L)))
        .extracting(Ledger.Acknowledged::id)
        .containsExactly(2L);
    assertThat(ledger.missingFrom(Set.of(1L, 2L, 3L))).isEmpty();
    assertThat(ledger.doubtful()).contains(4L);
  }

  @Test
  void lossSinceTheOldMasterWasLastReadIsAdmitted() {
    LossAccount account = lost(SEEN.plusSeconds(1), "{'KnownMissing':'','Exact':null}");
    assertThat(account.isAdmitted()).isTrue();
    assertThat(account.inWords()).contains("1 of them LOST: row 9");
    assertThat(account.reportInWords()).contains("after 2026-01-02T03:04:05Z cannot be known");
  }

  @Test
  void lossOfWhatTheManagerHadSeenMustBeInItsReport() {
    Instant before = SEEN.minusSeconds(1);
    assertThat(lost(before, "{'KnownMissing':'','Exact':null}").isAdmitted()).isFalse();
    assertThat(lost(before, "{'KnownMissing':'uuid:9','Exact':null}").isAdmitted()).isTrue();
  }

  @Test
  void reportThatNothingWasLostMustBeTrue() {
    assertThat(lost(SEEN.plusSeconds(1), "{'KnownMissing':'','Exact':''}").isAdmitted()).isFalse();
  }

  private static LossAccount lost(Instant acknowledged, String report) {
    String json =
        report.replace('\'', '"').replaceFirst("\\{", "{\"OldMasterSeen\":\"" + SEEN + "\",");
    Ledger ledger = new Ledger();
    ledger.acknowledge(9, acknowledged);
    return new LossAccount(
        ledger.size(), ledger.missingFrom(Set.of()), JsonMapper.shared().readTree(json));
  }
}
