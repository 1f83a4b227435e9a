package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.UsageEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

/** One serializer and one deserializer serve many threads, from the first record on. */
class SharedSerdesTest {
    private static final int THREADS = 8;
    private static final int RECORDS = 300;

    private final Map<String, Object> config = SampleRecords.registryAt("mock://shared-" + UUID.randomUUID());

    @Test
    void shouldServeManyThreadsAtOnce() throws Exception {
        Serializer<UsageEvent> serializer = AvroSerdes.valueSerializer(config);
        Deserializer<UsageEvent> deserializer = AvroSerdes.valueDeserializer(config, UsageEvent.class);
        CountDownLatch together = new CountDownLatch(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                String name = "thread-" + thread;
                running.add(threads.submit(() -> {
                    together.countDown();
                    assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
                    for (int i = 0; i < RECORDS; i++) {
                        UsageEvent event = SampleRecords.event();
                        event.setId(name + "-" + "x".repeat(i));
                        UsageEvent read = deserializer.deserialize("t", serializer.serialize("t", event));
                        assertThat(read).isEqualTo(SampleRecords.withFullScale(event));
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
