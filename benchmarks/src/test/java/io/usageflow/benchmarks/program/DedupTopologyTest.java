package io.usageflow.benchmarks.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.benchmarks.program.ComparedDedupStore.EncodedEvent;
import io.usageflow.benchmarks.program.StreamsProgram.DedupTopology;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DedupTopologyTest {
    private static final Topics TOPICS = new Topics("peer");
    private static final UUID FIRST = UUID.fromString("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
    private static final UUID SECOND = UUID.fromString("0190AAAA-bbbb-7ccc-8ddd-eeeeeeeeeeef");
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    @TempDir
    private Path state;

    private final LongAdder forwarded = new LongAdder();

    static Stream<ComparedDedupStore> shouldLetARepeatThroughOnce() {
        return Stream.of(
                ComparedDedupStore.windowRange(),
                ComparedDedupStore.windowExact(),
                ComparedDedupStore.keyValue(),
                ComparedDedupStore.filteredKeyValue(),
                ComparedDedupStore.inMemory());
    }

    @ParameterizedTest
    @MethodSource
    void shouldLetARepeatThroughOnce(ComparedDedupStore store) {
        assertThat(through(DedupTopology.of(store, TOPICS, forwarded))).containsExactly(event(FIRST), event(SECOND));
        assertThat(forwarded.sum()).isEqualTo(2);
    }

    @Test
    void shouldReadTheIdOutOfTheBytes() {
        assertThat(EncodedEvent.id(event(FIRST)).get()).isEqualTo(Uuids.bytes(FIRST));
        assertThat(EncodedEvent.id(event(SECOND)).get()).isEqualTo(Uuids.bytes(SECOND));
        assertThat(EncodedEvent.occurredAtMs(event(FIRST))).isEqualTo(NOON.toEpochMilli());
        assertThatThrownBy(() -> EncodedEvent.id(event("order-4711"))).isInstanceOf(IllegalArgumentException.class);
    }

    private List<byte[]> through(Topology topology) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, settings)) {
            TestInputTopic<byte[], byte[]> events =
                    driver.createInputTopic(TOPICS.events(), new ByteArraySerializer(), new ByteArraySerializer());
            byte[] account = {1};
            events.pipeInput(account, event(FIRST), NOON);
            events.pipeInput(account, event(FIRST), NOON.plusSeconds(60));
            events.pipeInput(account, event(SECOND), NOON.plusSeconds(60));
            events.pipeInput(account, event(FIRST), NOON.plusSeconds(120));
            events.pipeInput(account, event(SECOND), NOON.plusSeconds(180));
            return driver.createOutputTopic(
                            TOPICS.deliverable(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                    .readValuesToList();
        }
    }

    private static byte[] event(UUID id) {
        return event(id.toString());
    }

    private static byte[] event(String id) {
        try (Serializer<UsageEvent> encoder =
                AvroSerdes.valueSerializer(Map.of("schema.registry.url", "mock://peer-topology"))) {
            return encoder.serialize(
                    TOPICS.events(),
                    UsageEvent.newBuilder()
                            .setId(id)
                            .setEventType("call")
                            .setOccurredAt(NOON)
                            .setAccountId("acct")
                            .setData(Map.of())
                            .setCosts(List.of())
                            .build());
        }
    }
}
