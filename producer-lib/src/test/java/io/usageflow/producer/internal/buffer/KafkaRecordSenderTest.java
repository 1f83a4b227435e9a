package io.usageflow.producer.internal.buffer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.accounting.PendingRecords;
import io.usageflow.producer.internal.accounting.PublisherCounters;
import io.usageflow.producer.internal.buffer.RecordSender.Outcome;
import io.usageflow.producer.internal.transport.Transport.TopicKind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KafkaRecordSenderTest {
    private final PendingRecords inFlight = new PendingRecords(new PublisherCounters());
    private final TestProducer producer = new TestProducer();
    private @Nullable RuntimeException registry;
    private final Serializer<SpecificRecord> serializer = (topic, value) -> {
        if (registry != null) {
            throw registry;
        }
        return "encoded".getBytes(UTF_8);
    };
    private final KafkaRecordSender sender =
            new KafkaRecordSender(producer, serializer, "usage.events", TopicKind.EVENTS.probe());

    @Test
    void shouldCompleteOnlyWhenKafkaAcknowledges() {
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.ACCEPTED);

        assertThat(record.future()).isNotDone();
        producer.completeNext();
        assertThat(record.future()).isCompletedWithValue("id-1");
        assertThat(record.isDurable()).isTrue();
        assertThat(inFlight.snapshot()).isEmpty();
    }

    @Test
    void shouldFailWithTheIdWhenKafkaGivesUpLater() {
        PendingRecord<String> record = record();
        sender.send(record);

        producer.errorNext(new TimeoutException("Expiring 1 record(s)"));

        assertThat(record.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .satisfies(e -> assertThat(e.getCause())
                        .isInstanceOfSatisfying(NotDurableException.class, cause -> assertThat(cause.id())
                                .isEqualTo("id-1"))
                        .hasMessageContaining("same id is safe")
                        .hasCauseInstanceOf(TimeoutException.class));
    }

    @Test
    void shouldSayLaterWithoutMetadata() {
        producer.refusal = new TimeoutException("Topic usage.events not present in metadata after 0 ms.");
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.RETRY);

        assertThat(record.future()).isNotDone();
        assertThat(record.hindrance()).hasMessageContaining("not present in metadata");
    }

    @Test
    void shouldSayNoRoomWhenTheBufferIsFull() {
        producer.refusal = new BufferExhaustedException("Failed to allocate 16384 bytes");

        assertThat(sender.send(record())).isEqualTo(Outcome.BUFFER_FULL);
    }

    @Test
    void shouldFailWhatKafkaRefusesForGood() {
        producer.refusal = new TopicAuthorizationException("usage.events");
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.FAILED);

        assertThat(record.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("TopicAuthorizationException");
    }

    @Test
    void shouldNotLoseTheEventOfAnInterruptedCaller() {
        producer.thrown = new InterruptException(new InterruptedException());
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.RETRY);
        assertThat(Thread.interrupted()).isTrue();

        producer.thrown = null;
        assertThat(sender.send(record)).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void shouldFailWithWhateverTheClientThrows() {
        producer.thrown = new IllegalStateException("Cannot perform operation after producer has been closed");
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.FAILED);
        assertThat(record.future()).isCompletedExceptionally();
    }

    @Test
    void shouldWaitForARegistryThatIsAwayAlsoOfConfluentsKind() {
        registry = new SerializationException("Error registering Avro schema", new IOException("Connection refused"));
        PendingRecord<String> record = record();

        assertThat(sender.encode(record)).isFalse();
        assertThat(sender.send(record)).isEqualTo(Outcome.RETRY);
        assertThat(sender.warmUp()).isFalse();

        registry = null;
        assertThat(sender.warmUp()).isTrue();
        assertThat(sender.send(record)).isEqualTo(Outcome.ACCEPTED);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void shouldFailARecordThatTheRegistryRefuses() {
        registry = new SerializationException("schema is not compatible");
        PendingRecord<String> record = record();

        assertThat(sender.send(record)).isEqualTo(Outcome.FAILED);
        assertThat(record.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("schema is not compatible");
    }

    @Test
    void shouldSendTheAccountAsKeyAndTheTraceAsHeader() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        PendingRecord<String> record =
                new PendingRecord<>("id-1", "acct-é", TopicKind.EVENTS.probe(), trace, (id, at) -> id, inFlight);

        sender.send(record);

        ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
        assertThat(sent.key()).isEqualTo("acct-é".getBytes(UTF_8));
        assertThat(sent.value()).asString(UTF_8).isEqualTo("encoded");
        assertThat(sent.partition()).isNull();
        assertThat(sent.headers().lastHeader("traceparent").value())
                .asString(UTF_8)
                .isEqualTo(trace);
    }

    private PendingRecord<String> record() {
        PendingRecord<String> record =
                new PendingRecord<>("id-1", "acct", TopicKind.EVENTS.probe(), null, (id, at) -> id, inFlight);
        inFlight.add(record);
        return record;
    }

    /** As KafkaProducer: tells of a record that it does not take through the callback, on the calling thread. */
    private static final class TestProducer extends MockProducer<byte[], byte[]> {
        private @Nullable RuntimeException refusal;
        private @Nullable RuntimeException thrown;

        TestProducer() {
            super(Cluster.empty(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            if (thrown != null) {
                throw thrown;
            }
            if (refusal != null) {
                callback.onCompletion(null, refusal);
                return java.util.concurrent.CompletableFuture.failedFuture(refusal);
            }
            return super.send(record, callback);
        }
    }
}
