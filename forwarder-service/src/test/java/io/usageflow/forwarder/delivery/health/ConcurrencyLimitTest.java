package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private final ConcurrencyLimit limit = new ConcurrencyLimit(16, 256);

    private void answers(int count) {
        for (int i = 0; i < count; i++) {
            limit.answered(limit.current());
        }
    }

    @Test
    void shouldGrowByOneAnAnswerUntilItIsFirstCut() {
        answers(16);
        assertThat(limit.current()).isEqualTo(32);
    }

    @Test
    void shouldStayWithinTheMaximum() {
        answers(10_000);
        assertThat(limit.current()).isEqualTo(256);
    }

    @Test
    void shouldNotGrowWhereItIsNotUsed() {
        for (int i = 0; i < 100; i++) {
            limit.answered(3);
        }
        assertThat(limit.current()).isEqualTo(16);
    }

    @Test
    void shouldHalveOncePerRoundAndGrowByOneARoundAfterwards() {
        answers(16);
        limit.overloaded(10, 100);
        limit.overloaded(20, 110);
        limit.overloaded(99, 120);
        assertThat(limit.current()).as("all were sent under the old limit").isEqualTo(16);

        answers(16);
        assertThat(limit.current()).isEqualTo(16);
        answers(2);
        assertThat(limit.current()).isEqualTo(17);

        limit.overloaded(130, 140);
        assertThat(limit.current()).isEqualTo(8);
    }

    @Test
    void shouldNeverGoBelowOne() {
        for (int i = 0; i < 50; i++) {
            limit.overloaded(i * 10L, i * 10L + 5);
        }
        assertThat(limit.current()).isEqualTo(1);
    }

    @Test
    void shouldBeginAtOneAfterAnOutageAndGrowFastUpToHalfOfWhatWasGood() {
        answers(48);
        assertThat(limit.current()).isEqualTo(64);
        for (int i = 0; i < 10; i++) {
            limit.overloaded(i * 10L, i * 10L + 5);
        }

        limit.restart();

        assertThat(limit.current()).isEqualTo(1);
        answers(31);
        assertThat(limit.current()).isEqualTo(32);
        answers(31);
        assertThat(limit.current()).as("slowly from there").isEqualTo(32);
    }
}
