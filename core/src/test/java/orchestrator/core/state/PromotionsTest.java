package orchestrator.core.state;

import static orchestrator.core.testing.TopologyBuilder.NOW;
import static orchestrator.core.testing.TopologyBuilder.key;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orchestrator.core.facts.JournalEntry;
import orchestrator.core.facts.RecoveryTicket;
import orchestrator.core.testing.TicketBuilder;
import orchestrator.core.testing.TopologyBuilder;
import orchestrator.core.topology.Instance;
import org.junit.jupiter.api.Test;

/** A reading from before a promotion is no news of the server. */
class PromotionsTest {
  private static final Instant ENDED = NOW.plusSeconds(10);

  private static RecoveryTicket madeMaster(String failed, String promoted, Instant ended) {
    return TicketBuilder.of("uid-of-" + failed, key(failed))
        .build()
        .with(new JournalEntry.PromotionIntended(key(promoted)), ended)
        .with(new JournalEntry.Promoted(key(promoted), "", Optional.empty()), ended)
        .with(new JournalEntry.Closed(true, List.of()), ended);
  }

  private static Instance replica(String name, Instant readAt) {
    return new TopologyBuilder(NOW)
        .with("other", r -> {})
        .with(name, r -> r.replicatesFrom("other").seenAt(readAt))
        .instance(name);
  }

  @Test
  void aReplicaThatWasPromotedSinceItWasReadIsNone() {
    Promotions promotions = Promotions.of(List.of(madeMaster("m", "a", ENDED)));
    assertThat(promotions.outdate(replica("a", ENDED.minusSeconds(1)))).isTrue();
    assertThat(promotions.outdate(replica("b", ENDED.minusSeconds(1)))).isFalse();
  }

  @Test
  void whatWasReadAfterThePromotionStands() {
    Promotions promotions = Promotions.of(List.of(madeMaster("m", "a", ENDED)));
    assertThat(promotions.outdate(replica("a", ENDED.plusSeconds(1)))).isFalse();
  }

  @Test
  void aMasterThatWasReplacedSinceMayReplicateAgain() {
    RecoveryTicket first = madeMaster("m", "a", ENDED);
    RecoveryTicket second = madeMaster("a", "b", ENDED.plusSeconds(5));
    Promotions promotions = Promotions.of(List.of(second, first));
    assertThat(promotions.ended()).containsOnlyKeys(key("b"));
    assertThat(promotions.outdate(replica("a", NOW))).isFalse();
  }

  @Test
  void aMasterThatWasReplacedSinceItWasReadIsNone() {
    RecoveryTicket away = madeMaster("m", "a", ENDED);
    Instance before = replica("m", ENDED.minusSeconds(1));
    assertThat(Promotions.of(List.of(away)).supersede(before)).isTrue();
    assertThat(Promotions.of(List.of(away)).supersede(replica("m", ENDED.plusSeconds(1))))
        .isFalse();
    RecoveryTicket back = madeMaster("a", "m", ENDED.plusSeconds(5));
    assertThat(Promotions.of(List.of(away, back)).supersede(before)).isFalse();
  }

  /** An intermediate master's successor replicates from the one above. */
  @Test
  void whoTookOverReplicasOnlyStillReplicates() {
    RecoveryTicket adopted = TicketBuilder.of("uid", key("i")).promoted(key("a"));
    assertThat(Promotions.of(List.of(adopted)).ended()).isEmpty();
  }

  @Test
  void aRecoveryThatIsOpenMayBeUndone() {
    RecoveryTicket open =
        TicketBuilder.of("uid", key("m"))
            .build()
            .with(new JournalEntry.PromotionIntended(key("a")), ENDED)
            .with(new JournalEntry.Promoted(key("a"), "", Optional.empty()), ENDED);
    assertThat(Promotions.of(List.of(open)).ended()).isEmpty();
  }
}
