package io.usageflow.forwarder.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedWorkTest {
    private final BoundedWork work = new BoundedWork();

    @AfterEach
    void stop() {
        work.close();
    }

    @Test
    void shouldInterruptWhatTakesTooLongAndSaySo() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        BoundedWork.Result<String> result;

        // A busy machine may begin it too late to be interrupted.
        do {
            result = work.within(Duration.ofMillis(50), () -> {
                begun.countDown();
                try {
                    new CountDownLatch(1).await();
                    return "never";
                } finally {
                    interrupted.countDown();
                }
            });
        } while (begun.getCount() > 0);

        assertThat(result.value()).isEmpty();
        assertThat(result.problem()).hasValueSatisfying(why -> assertThat(why).contains("scan was not complete"));
        assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void shouldSayWhyThereIsNothing() {
        assertThat(work.within(Duration.ofMinutes(1), () -> "all"))
                .isEqualTo(new BoundedWork.Result<>(Optional.of("all"), Optional.empty()));
        assertThat(work.within(Duration.ofMinutes(1), () -> {
                            throw new TopicAuthorizationException("not authorized");
                        })
                        .problem())
                .hasValue("Kafka: not authorized");
    }

    @Test
    void shouldNotBeginWhatFindsNoThread() {
        var hold = new CountDownLatch(1);
        var begun = new AtomicInteger();
        // What was cancelled before its thread began it holds no thread.
        while (begun.get() < 4) {
            work.within(Duration.ofMillis(1), () -> {
                begun.incrementAndGet();
                boolean released = false;
                while (!released) {
                    try {
                        released = hold.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException deaf) {
                        released = hold.getCount() == 0;
                    }
                }
                return "";
            });
        }

        assertThat(work.within(Duration.ofMinutes(1), () -> "late").problem())
                .hasValueSatisfying(why -> assertThat(why).contains("Others search now"));
        hold.countDown();
    }
}
