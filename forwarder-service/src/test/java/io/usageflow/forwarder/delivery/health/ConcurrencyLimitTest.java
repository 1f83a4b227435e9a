package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private final ConcurrencyLimit limit = new ConcurrencyLimit(16, 256);

    /** After a latency that is always the same. */
    private void answer(int inFlight) {
        limit.answered(inFlight, 1_000, 2_000);
    }

    private void answers(int count) {
        for (int i = 0; i < count; i++) {
            answer(limit.current());
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
            answer(3);
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

    @Test
    void shouldStayNearWhatTheDestinationHandlesAtOnce() {
        Destination destination = new Destination(40, Duration.ofMillis(5));
        destination.run(Duration.ofSeconds(2));

        for (int i = 0; i < 100; i++) {
            assertThat(destination.run(Duration.ofSeconds(3)))
                    .as("of 24,000 that it can answer")
                    .isGreaterThan(22_500);
            assertThat(limit.current()).isBetween(40, 128);
        }
    }

    @Test
    void shouldNotGoBelowItsStartForAQueue() {
        for (int i = 0; i < 100; i++) {
            limit.answered(3, 0, 5_000_000);
        }
        Destination destination = new Destination(2, Duration.ofMillis(5));

        for (int i = 0; i < 200; i++) {
            destination.run(Duration.ofMillis(100));
            assertThat(limit.current()).isGreaterThanOrEqualTo(16);
        }
        assertThat(limit.current()).isLessThan(24);

        destination.run(Duration.ofMinutes(3));
        assertThat(limit.current()).as("compared with 16 in flight").isBetween(16, 40);
    }

    /** A third of the answers takes up to ten times as long, as requests on new connections do. */
    @Test
    void shouldTakeSlowAnswersForNoQueue() {
        Destination destination = new Destination(1_000, Duration.ofMillis(20));
        Random random = new Random(1);
        destination.more = () -> random.nextInt(3) > 0 ? 0 : random.nextLong(180_000_000);

        destination.run(Duration.ofSeconds(5));
        for (int i = 0; i < 100; i++) {
            destination.run(Duration.ofSeconds(3));
            assertThat(limit.current()).isEqualTo(256);
        }
    }

    @Test
    void shouldAdaptToADestinationThatIsSlowerForGood() {
        Destination destination = new Destination(1_000, Duration.ofMillis(20));
        destination.run(Duration.ofSeconds(5));
        assertThat(limit.current()).isEqualTo(256);

        destination.more = () -> 100_000_000;
        destination.run(Duration.ofSeconds(5));
        assertThat(limit.current()).as("it may be a queue").isBetween(16, 128);

        destination.run(ConcurrencyLimit.FORGET.multipliedBy(2));
        assertThat(limit.current()).isEqualTo(256);
    }

    @Test
    void shouldNotTakeAQueueOfOthersForItsOwn() {
        Destination destination = new Destination(1_000, Duration.ofMillis(5));
        destination.run(Duration.ofSeconds(1));

        for (int i = 0; i < 500; i++) {
            limit.answered(3, destination.now, destination.now + 50_000_000);
        }

        assertThat(limit.current()).isEqualTo(256);
    }

    /** A pause of this process delays all requests in flight. */
    @Test
    void shouldNotTakeAPauseForAQueue() {
        Destination destination = new Destination(1_000, Duration.ofMillis(20));
        destination.run(Duration.ofSeconds(2));

        for (int i = 0; i < 20; i++) {
            destination.pause(Duration.ofMillis(150));
            destination.run(Duration.ofSeconds(1));
            assertThat(limit.current()).isEqualTo(256);
        }
    }

    /** Answers as many requests at once as it has slots; the others wait. Always has the limit's number in flight. */
    private final class Destination {
        private final PriorityQueue<Long> slots = new PriorityQueue<>();
        private final PriorityQueue<long[]> inFlight = new PriorityQueue<>(Comparator.comparingLong(sent -> sent[1]));
        private final long serviceNanos;
        private LongSupplier more = () -> 0;
        private long now = 1_000_000_000;

        Destination(int slots, Duration service) {
            this.serviceNanos = service.toNanos();
            for (int i = 0; i < slots; i++) {
                this.slots.add(now);
            }
        }

        /** Hands over what was answered meanwhile only after it. */
        void pause(Duration time) {
            now += time.toNanos();
        }

        /** Returns the number of answers. */
        int run(Duration time) {
            long until = now + time.toNanos();
            int answers = 0;
            for (; now < until; answers++) {
                while (inFlight.size() < limit.current()) {
                    long done = Math.max(now, slots.remove()) + serviceNanos + more.getAsLong();
                    slots.add(done);
                    inFlight.add(new long[] {now, done});
                }
                int together = inFlight.size();
                long[] answered = inFlight.remove();
                now = Math.max(now, answered[1]);
                limit.answered(together, answered[0], now);
            }
            return answers;
        }
    }
}
