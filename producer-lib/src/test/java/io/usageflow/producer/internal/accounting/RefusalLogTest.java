package io.usageflow.producer.internal.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.BufferFullException;
import io.usageflow.producer.LogCapture;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.internal.accounting.PendingRecords.RefusalLog;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    @AutoClose
    private final LogCapture logs = LogCapture.ofEverything();

    private long now = Long.MAX_VALUE - 5;
    private final RefusalLog log = new RefusalLog(() -> now);

    @Test
    void shouldTellOfTheFirstAtOnceAndOfTheNumberWhenItIsOver() {
        for (int i = 0; i < 100; i++) {
            log.onRefused(new BufferFullException("id-" + i, 1_000, true));
            now += TimeUnit.MILLISECONDS.toNanos(20);
        }
        log.onDurable();
        assertThat(logs.lines(""))
                .singleElement()
                .asString()
                .contains("reason=dropped")
                .contains("id-0 was dropped");

        now += RefusalLog.QUIET_NANOS;
        log.onDurable();
        log.onDurable();

        assertThat(logs.lines("")).hasSize(2);
        assertThat(logs.lines("over")).singleElement().asString().contains("reason=dropped events=100 seconds=1");
    }

    @Test
    void shouldRemindWhileItGoesOn() {
        for (int second = 0; second <= 130; second++) {
            log.onRefused(new BufferFullException("id", 1_000));
            now += TimeUnit.SECONDS.toNanos(1);
        }

        assertThat(logs.lines("still")).hasSize(2);
        assertThat(logs.lines("still").get(0)).contains("reason=buffer_full events=61");
        assertThat(logs.lines("still").get(1)).contains("events=121");
    }

    @Test
    void shouldKeepReasonsApartAndSayWhatIsLeftAtTheEnd() {
        log.onRefused(new BufferFullException("a", 1_000));
        log.onRefused(new NotDurableException("b", "the broker said no", null));
        log.onRefused(new NotDurableException("c", "the broker said no", null));

        log.end();
        log.end();

        assertThat(logs.lines("over reason=buffer_full events=1")).hasSize(1);
        assertThat(logs.lines("over reason=rejected events=2")).hasSize(1);
        assertThat(logs.lines("over")).hasSize(2);
    }

    @Test
    void shouldBeginAnewAfterItWasOver() {
        log.onRefused(new BufferFullException("a", 1_000));
        now += RefusalLog.QUIET_NANOS;
        log.onDurable();
        log.onRefused(new BufferFullException("b", 1_000));

        assertThat(logs.lines("event=not_durable reason=buffer_full")).hasSize(2);
    }
}
