package io.usageflow.forwarder.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.balance.WalletSchedule.Due;
import io.usageflow.forwarder.balance.WalletSchedule.Forgotten;
import io.usageflow.forwarder.config.BalanceSettings.Timing;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WalletScheduleTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Reference ACME = new Reference(ReferenceKind.EXTERNAL_ID, "acme");
    private static final Reference OTHER = new Reference(ReferenceKind.EXTERNAL_ID, "other");

    private final WalletSchedule schedule =
            new WalletSchedule(new Timing(Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMinutes(30)), 3);

    @Test
    void shouldReadANewAccountAtOnce() {
        schedule.seen("a", 4, ACME, NOW);

        assertThat(schedule.take(10, NOW)).containsExactly(new Due("a", 4, ACME));
        assertThat(schedule.take(10, NOW)).as("it is being read").isEmpty();
    }

    @Test
    void shouldReadOnceForManyDeliveries() {
        readAt("a", NOW);
        for (int i = 0; i < 10; i++) {
            schedule.delivered("a", NOW.plusMillis(100L * i));
        }

        assertThat(schedule.take(10, NOW.plusMillis(1_999))).isEmpty();
        assertThat(schedule.take(10, NOW.plusMillis(2_000))).hasSize(1);
        schedule.read("a", NOW.plusMillis(2_000), Set.of());
        assertThat(schedule.take(10, NOW.plusSeconds(30))).isEmpty();
    }

    @Test
    void shouldReadAgainForADeliveryDuringAReading() {
        schedule.seen("a", 0, ACME, NOW);
        schedule.take(10, NOW);
        schedule.delivered("a", NOW.plusMillis(10));
        schedule.read("a", NOW, Set.of());

        assertThat(schedule.take(10, NOW.plusMillis(2_010))).hasSize(1);
    }

    @Test
    void shouldReadAnIdleAccountLessOften() {
        readAt("a", NOW);

        assertThat(schedule.take(10, NOW.plusSeconds(59))).isEmpty();
        assertThat(schedule.take(10, NOW.plusSeconds(60))).hasSize(1);
        schedule.read("a", NOW.plus(Duration.ofMinutes(40)), Set.of());
        assertThat(schedule.take(10, NOW.plus(Duration.ofMinutes(49)))).isEmpty();
        assertThat(schedule.take(10, NOW.plus(Duration.ofMinutes(50)))).hasSize(1);
        schedule.read("a", NOW.plus(Duration.ofDays(1)), Set.of());
        assertThat(schedule.take(10, NOW.plus(Duration.ofDays(1)).plus(Duration.ofMinutes(30))))
                .as("but every half hour")
                .hasSize(1);
    }

    @Test
    void shouldTryAgainAfterAFailureAndAfterALostResult() {
        schedule.seen("failed", 0, ACME, NOW);
        schedule.seen("lost", 0, ACME, NOW);
        schedule.take(10, NOW);
        schedule.failed("failed", NOW);

        assertThat(schedule.take(10, NOW.plusSeconds(59))).isEmpty();
        assertThat(schedule.take(10, NOW.plusSeconds(60)))
                .extracting(Due::account)
                .containsOnly("failed", "lost");
    }

    @Test
    void shouldNotReadAgainAtOnceWhatTheTopicHas() {
        schedule.linked("a", 0, ACME, NOW.minus(Duration.ofDays(1)), NOW);
        schedule.restored("a", 0, ACME, NOW.minusSeconds(10), Set.of("USD"));

        assertThat(schedule.take(10, NOW.plusSeconds(10))).isEmpty();
        assertThat(schedule.low("USD")).isEqualTo(1);
        assertThat(schedule.take(10, NOW.plus(Duration.ofMinutes(30)))).hasSize(1);
    }

    @Test
    void shouldReadTheWalletOfAnotherCustomerAtOnce() {
        readAt("a", NOW);
        schedule.linked("a", 0, OTHER, NOW, NOW.plusSeconds(1));

        assertThat(schedule.take(10, NOW.plusSeconds(1))).containsExactly(new Due("a", 0, OTHER));
    }

    @Test
    void shouldNotTrustABalanceOfAnotherCustomer() {
        schedule.linked("a", 0, OTHER, NOW, NOW);
        schedule.restored("a", 0, ACME, NOW.minusSeconds(10), Set.of());

        assertThat(schedule.take(10, NOW)).containsExactly(new Due("a", 0, OTHER));
    }

    @Test
    void shouldForgetTheAccountThatWasIdleLongest() {
        for (String account : List.of("a", "b", "c")) {
            readAt(account, NOW);
        }
        schedule.seen("a", 0, ACME, NOW.plusSeconds(1));
        schedule.seen("d", 0, ACME, NOW.plusSeconds(2));

        assertThat(schedule.accounts()).isEqualTo(3);
        assertThat(schedule.takeForgotten()).containsExactly(new Forgotten("b", 0));
        assertThat(schedule.takeForgotten()).isEmpty();
    }

    @Test
    void shouldForgetAnUnlinkedAccountAndAnotherProcesss() {
        schedule.seen("a", 1, ACME, NOW);
        schedule.seen("b", 2, ACME, NOW);
        schedule.take(10, NOW);
        schedule.read("a", NOW, Set.of("USD"));
        schedule.read("b", NOW, Set.of("USD"));

        schedule.unlinked("a");
        schedule.revoked(Set.of(2));

        assertThat(schedule.accounts()).isZero();
        assertThat(schedule.low("USD")).isZero();
        assertThat(schedule.takeForgotten())
                .as("the other process keeps b's balance")
                .containsExactly(new Forgotten("a", 1));
    }

    @Test
    void shouldSayOnceThatABalanceHasToGo() {
        readAt("a", NOW);
        schedule.take(10, NOW.plusSeconds(60));

        assertThat(schedule.isWithoutCustomer("a", NOW.plusSeconds(60))).isTrue();
        assertThat(schedule.isWithoutCustomer("a", NOW.plusSeconds(60))).isFalse();
        assertThat(schedule.take(10, NOW.plusSeconds(120)))
                .as("it may come back")
                .hasSize(1);
    }

    @Test
    void shouldCountLowAccountsOnce() {
        readAt("a", NOW);
        schedule.read("a", NOW, Set.of("USD", "credits"));
        schedule.read("a", NOW, Set.of("USD"));

        assertThat(schedule.low("USD")).isEqualTo(1);
        assertThat(schedule.low("credits")).isZero();
    }

    @Test
    void shouldTellHowLongItIsBehind() {
        assertThat(schedule.overdue(NOW)).isZero();
        schedule.seen("a", 0, ACME, NOW);

        assertThat(schedule.overdue(NOW.plusSeconds(5))).isEqualTo(Duration.ofSeconds(5));
        schedule.take(1, NOW.plusSeconds(5));
        assertThat(schedule.overdue(NOW.plusSeconds(5))).isZero();
    }

    private void readAt(String account, Instant time) {
        schedule.seen(account, 0, ACME, time);
        schedule.take(10, time);
        schedule.read(account, time, Set.of());
    }
}
