package io.usageflow.forwarder.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.balance.UndeliveredEvents.OnItsWay;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UndeliveredEventsTest {
    private final UndeliveredEvents events = new UndeliveredEvents(4);

    @Test
    void shouldSumUpWhatIsNotDelivered() {
        add(0, 10, "a", "0.1");
        add(0, 11, "b", "5");
        add(0, 12, "a", "0.2");

        assertThat(events.of("a")).isEqualTo(new OnItsWay(2, Map.of("USD", new BigDecimal("0.3")), true));
        assertThat(events.deliveredUpTo(0, 12)).containsExactly("a", "b");
        assertThat(events.of("a")).isEqualTo(new OnItsWay(1, Map.of("USD", new BigDecimal("0.2")), true));
        assertThat(events.of("b")).isEqualTo(new OnItsWay(0, Map.of(), true));
        assertThat(events.deliveredUpTo(0, 12)).isEmpty();
    }

    @Test
    void shouldSayWhenAFeeIsNotKnown() {
        events.add(0, 10, "a", Optional.empty());
        add(0, 11, "a", "1");

        assertThat(events.of("a").complete()).isFalse();
        events.deliveredUpTo(0, 11);
        assertThat(events.of("a").complete()).isTrue();
    }

    @Test
    void shouldForgetThePartitionsOfAnotherProcess() {
        add(0, 10, "a", "1");
        add(1, 10, "b", "1");

        events.revoked(Set.of(0));

        assertThat(events.of("a").events()).isZero();
        assertThat(events.of("b").events()).isEqualTo(1);
    }

    @Test
    void shouldBeBounded() {
        for (int i = 0; i < 4; i++) {
            assertThat(events.isFull()).isFalse();
            add(0, i, "a", "1");
        }
        assertThat(events.isFull()).isTrue();
        events.deliveredUpTo(0, 1);
        assertThat(events.isFull()).isFalse();
    }

    private void add(int partition, long offset, String account, String fee) {
        events.add(partition, offset, account, Optional.of(Map.of("USD", new BigDecimal(fee))));
    }
}
