package io.usageflow.producer.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.NotDurableException;
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

class KafkaOutletTest {
    private final InFlight inFlight = new InFlight(new Tally());
    private final TestProducer producer = new TestProducer();
    private @Nullable RuntimeException registry;
    private final Serializer<SpecificRecord> serializer = (topic, value) -> {
        if (registry != null) {
            throw registry;
        }
        return "encoded".getBytes(UTF_8);
    };
    private final KafkaOutlet outlet = new KafkaOutlet(producer, serializer, "usage.events", Samples.event());

    @Test
    void shouldCompleteOnlyWhenKafkaAcknowledges() {
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.TAKEN);

        assertThat(parcel.future()).isNotDone();
        producer.completeNext();
        assertThat(parcel.future()).isCompletedWithValue("id-1");
        assertThat(parcel.isDurable()).isTrue();
        assertThat(inFlight.snapshot()).isEmpty();
    }

    @Test
    void shouldFailWithTheIdWhenKafkaGivesUpLater() {
        Parcel<String> parcel = parcel();
        outlet.attempt(parcel);

        producer.errorNext(new TimeoutException("Expiring 1 record(s)"));

        assertThat(parcel.future())
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
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.LATER);

        assertThat(parcel.future()).isNotDone();
        assertThat(parcel.hindrance()).hasMessageContaining("not present in metadata");
    }

    @Test
    void shouldSayNoRoomWhenTheBufferIsFull() {
        producer.refusal = new BufferExhaustedException("Failed to allocate 16384 bytes");

        assertThat(outlet.attempt(parcel())).isEqualTo(Attempt.NO_ROOM);
    }

    @Test
    void shouldFailWhatKafkaRefusesForGood() {
        producer.refusal = new TopicAuthorizationException("usage.events");
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.FAILED);

        assertThat(parcel.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("TopicAuthorizationException");
    }

    @Test
    void shouldNotLoseTheEventOfAnInterruptedCaller() {
        producer.thrown = new InterruptException(new InterruptedException());
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.LATER);
        assertThat(Thread.interrupted()).isTrue();

        producer.thrown = null;
        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.TAKEN);
    }

    @Test
    void shouldFailWithWhateverTheClientThrows() {
        producer.thrown = new IllegalStateException("Cannot perform operation after producer has been closed");
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.FAILED);
        assertThat(parcel.future()).isCompletedExceptionally();
    }

    @Test
    void shouldWaitForARegistryThatIsAwayAlsoOfConfluentsKind() {
        registry = new SerializationException("Error registering Avro schema", new IOException("Connection refused"));
        Parcel<String> parcel = parcel();

        assertThat(outlet.encode(parcel)).isFalse();
        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.LATER);
        assertThat(outlet.warm()).isFalse();

        registry = null;
        assertThat(outlet.warm()).isTrue();
        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.TAKEN);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void shouldFailARecordThatTheRegistryRefuses() {
        registry = new SerializationException("schema is not compatible");
        Parcel<String> parcel = parcel();

        assertThat(outlet.attempt(parcel)).isEqualTo(Attempt.FAILED);
        assertThat(parcel.future())
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("schema is not compatible");
    }

    @Test
    void shouldSendTheAccountAsKeyAndTheTraceAsHeader() {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Parcel<String> parcel = new Parcel<>("id-1", "acct-é", Samples.event(), trace, (id, at) -> id, inFlight);

        outlet.attempt(parcel);

        ProducerRecord<byte[], byte[]> sent = producer.history().get(0);
        assertThat(sent.key()).isEqualTo("acct-é".getBytes(UTF_8));
        assertThat(sent.value()).asString(UTF_8).isEqualTo("encoded");
        assertThat(sent.partition()).isNull();
        assertThat(sent.headers().lastHeader("traceparent").value())
                .asString(UTF_8)
                .isEqualTo(trace);
    }

    private Parcel<String> parcel() {
        Parcel<String> parcel = new Parcel<>("id-1", "acct", Samples.event(), null, (id, at) -> id, inFlight);
        inFlight.add(parcel);
        return parcel;
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
