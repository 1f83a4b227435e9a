package io.usageflow.producer.internal.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.SpendCheck.Decision;
import io.usageflow.producer.WhenUnknown;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalanceTableTest {
    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");

    private Instant now = START;
    private final BalanceTable table = new BalanceTable(2, Duration.ofHours(1), new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    @Test
    void shouldCompareExactly() {
        put("a", START, "0.1");

        assertThat(answer("a", "0.1")).isEqualTo(Decision.ALLOWED);
        assertThat(answer("a", "0.100000000000000001")).isEqualTo(Decision.REFUSED);
        assertThat(answer("a", "0")).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void shouldRefuseANegativeBalanceAndAnAssetThatIsNotThere() {
        put("a", START, "-0.01");

        assertThat(answer("a", "0")).isEqualTo(Decision.REFUSED);
        assertThat(table.canSpend("a", "credits", BigDecimal.ONE).decision()).isEqualTo(Decision.REFUSED);
        assertThat(table.canSpend("a", "credits", BigDecimal.ZERO).decision()).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void shouldSayThatItDoesNotKnow() {
        SpendCheck unknown = table.canSpend("nobody", "USD", BigDecimal.ONE);

        assertThat(unknown.decision()).isEqualTo(Decision.UNKNOWN);
        assertThat(unknown.left()).isEmpty();
        assertThat(unknown.isAllowed(WhenUnknown.ALLOW)).isTrue();
        assertThat(unknown.isAllowed(WhenUnknown.REFUSE)).isFalse();
        assertThat(unknown.why()).doesNotContain("nobody");
    }

    @Test
    void shouldNotTrustAnOldBalance() {
        put("a", START, "100");
        now = START.plus(Duration.ofHours(1));
        assertThat(answer("a", "1")).isEqualTo(Decision.ALLOWED);

        now = now.plusMillis(1);
        SpendCheck old = table.canSpend("a", "USD", BigDecimal.ONE);

        assertThat(old.decision()).isEqualTo(Decision.UNKNOWN);
        assertThat(old.age()).contains(Duration.ofHours(1).plusMillis(1));
        assertThat(old.why()).contains("balances.max.age.ms");
    }

    @Test
    void shouldKeepTheCallersChoiceAwayFromWhatIsKnown() {
        put("a", START, "1");

        assertThat(table.canSpend("a", "USD", BigDecimal.TEN).isAllowed(WhenUnknown.ALLOW))
                .isFalse();
        assertThat(table.canSpend("a", "USD", BigDecimal.ONE).isAllowed(WhenUnknown.REFUSE))
                .isTrue();
    }

    @Test
    void shouldSubtractWhatThisProcessSpentUntilTheWalletIsReadAgain() {
        put("a", START, "10");
        now = START.plusSeconds(5);
        spent("4");
        now = START.plusSeconds(7);
        spent("5");

        assertThat(answer("a", "1")).isEqualTo(Decision.ALLOWED);
        assertThat(answer("a", "1.01")).isEqualTo(Decision.REFUSED);

        put("a", START.plusSeconds(6), "6");
        assertThat(left()).as("the first is in the wallet now").isEqualByComparingTo("1");
        put("a", START.plusSeconds(8), "1");
        assertThat(left()).isEqualByComparingTo("1");
    }

    @Test
    void shouldBoundWhatItNotesAndLoseNoneOfIt() {
        put("a", START, "1000");
        for (int i = 0; i < 500; i++) {
            now = now.plusMillis(1);
            spent("1");
        }

        assertThat(left()).isEqualByComparingTo("500");
        put("a", now.minusMillis(10), "1000");
        assertThat(left()).isEqualByComparingTo("990");
        put("a", now, "1000");
        assertThat(left()).isEqualByComparingTo("1000");
    }

    @Test
    void shouldBoundTheAccounts() {
        put("a", START, "1");
        put("b", START, "1");
        put("c", START, "1");
        put("a", START, "2");

        assertThat(table.size()).isEqualTo(2);
        assertThat(table.ignored()).isEqualTo(1);
        assertThat(answer("c", "1")).isEqualTo(Decision.UNKNOWN);
        assertThat(answer("a", "2")).isEqualTo(Decision.ALLOWED);
        table.remove("b");
        put("c", START, "1");
        assertThat(answer("c", "1")).isEqualTo(Decision.ALLOWED);
    }

    @Test
    void shouldNotBeConfusedByAClockThatIsAhead() {
        put("a", START.plusSeconds(30), "1");

        assertThat(table.canSpend("a", "USD", BigDecimal.ONE).age()).contains(Duration.ZERO);
    }

    @Test
    void shouldRefuseANegativeAmount() {
        assertThatThrownBy(() -> answer("a", "-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spent("-1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldLoseNothingAmongThreads() {
        put("a", START, "10000");
        now = START.plusSeconds(1);

        IntStream.range(0, 4_000).parallel().forEach(each -> spent("1"));

        assertThat(left()).isEqualByComparingTo("6000");
    }

    private void put(String account, Instant readAt, String dollars) {
        table.put(account, readAt, Map.of("USD", new BigDecimal(dollars)));
    }

    private void spent(String dollars) {
        table.spent("a", "USD", new BigDecimal(dollars));
    }

    private BigDecimal left() {
        return table.canSpend("a", "USD", BigDecimal.ZERO).left().orElseThrow();
    }

    private Decision answer(String account, String dollars) {
        return table.canSpend(account, "USD", new BigDecimal(dollars)).decision();
    }
}
