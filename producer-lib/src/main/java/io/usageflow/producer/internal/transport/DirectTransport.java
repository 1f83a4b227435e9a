package io.usageflow.producer.internal.transport;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.WhenFull;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.accounting.PendingRecords;
import io.usageflow.producer.internal.buffer.BufferDrainer;
import io.usageflow.producer.internal.buffer.KafkaRecordSender;
import io.usageflow.producer.internal.buffer.TopicBuffer;
import io.usageflow.producer.internal.encode.AvroRecords;
import io.usageflow.producer.internal.settings.PublisherSettings;
import io.usageflow.producer.internal.transport.Transport.TopicKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends directly to Kafka, with one client, one {@link TopicBuffer} per topic, and one {@link BufferDrainer}. */
public final class DirectTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(DirectTransport.class);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final PendingRecords pending;
    private final BufferDrainer drainer = new BufferDrainer("usageflow-publisher");
    private final Map<TopicKind, TopicBuffer> buffers = new EnumMap<>(TopicKind.class);
    private final FlushLoop flushLoop;

    public DirectTransport(
            PublisherSettings settings,
            Producer<byte[], byte[]> producer,
            Serializer<SpecificRecord> serializer,
            PendingRecords pending) {
        this.producer = producer;
        this.serializer = serializer;
        this.pending = pending;
        this.flushLoop = new FlushLoop(producer);
        PublisherSettings.Limits limits = settings.limits();
        TopicBuffer.Bounds bounds = new TopicBuffer.Bounds(
                limits.bufferBytesMax(),
                limits.blockMsMax(),
                limits.deliveryTimeoutMs(),
                limits.whenFull() == WhenFull.DROP);
        for (TopicKind kind : TopicKind.values()) {
            String topic = kind.topic(settings.topics());
            // Only events warm up: a publisher that writes no links needs no rights on the link topics.
            buffers.put(
                    kind,
                    new TopicBuffer(
                            topic,
                            new KafkaRecordSender(producer, serializer, topic, kind.probe()),
                            bounds,
                            kind == TopicKind.EVENTS,
                            drainer::wake));
        }
        drainer.start(List.copyOf(buffers.values()));
    }

    @Override
    public int encodedBytes(TopicKind kind, PendingRecord<?> record) {
        SpecificRecord content = record.content();
        if (content == null) {
            return 0;
        }
        byte[] value = buffer(kind).encode(record) ? record.value() : null;
        return value == null ? AvroRecords.wireBytes(content) : value.length;
    }

    @Override
    public void accept(TopicKind kind, PendingRecord<?> record) {
        buffer(kind).accept(record);
    }

    @Override
    public void stopAccepting() {
        buffers.values().forEach(TopicBuffer::close);
    }

    @Override
    public void flushWhile(Runnable waiting) {
        flushLoop.flushWhile(waiting);
    }

    @Override
    public void close(long deadlineNanos) {
        drainer.stop();
        for (TopicBuffer buffer : buffers.values()) {
            buffer.abandon().forEach(record -> record.fail(closedBefore(record)));
        }
        pending.startAbandoning();
        // Fails the records that the client still has. Only then is it known which became durable last.
        closeProducer(deadlineNanos);
        serializer.close();
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return Optional.empty();
    }

    private TopicBuffer buffer(TopicKind kind) {
        TopicBuffer buffer = buffers.get(kind);
        if (buffer == null) {
            throw new IllegalStateException("no buffer for " + kind);
        }
        return buffer;
    }

    private void closeProducer(long deadlineNanos) {
        // An interrupt ended this thread's wait and ends the producer's too, but must not prevent its closing.
        boolean interrupted = Thread.interrupted();
        long left = interrupted ? 0 : Math.max(0, deadlineNanos - System.nanoTime());
        try {
            producer.close(Duration.ofNanos(left));
        } catch (RuntimeException e) {
            LOG.warn("event=client_close_failed effect=\"the records it had are reported as not durable\"", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static NotDurableException closedBefore(PendingRecord<?> record) {
        return new NotDurableException(
                record.id(),
                RefusalReason.ABANDONED,
                "the publisher was closed before it could be sent",
                record.hindrance());
    }

    /**
     * Flushes Kafka's producer while a caller waits for published records. Runs on its own thread, because {@link
     * Producer#flush} blocks without a bound, and in a loop, because a flush does not cover records that still wait in
     * a {@link TopicBuffer}. Thread-safe.
     */
    private static final class FlushLoop {
        private static final Logger LOG = LoggerFactory.getLogger(FlushLoop.class);
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

        private final Producer<?, ?> producer;
        private final AtomicInteger waiters = new AtomicInteger();
        private final AtomicBoolean running = new AtomicBoolean();

        FlushLoop(Producer<?, ?> producer) {
            this.producer = producer;
        }

        void flushWhile(Runnable waiting) {
            waiters.incrementAndGet();
            try {
                start();
                waiting.run();
            } finally {
                waiters.decrementAndGet();
            }
        }

        private void start() {
            if (running.compareAndSet(false, true)) {
                Thread thread = new Thread(this::run, "usageflow-flush");
                thread.setDaemon(true);
                thread.start();
            }
        }

        private void run() {
            try {
                while (waiters.get() > 0) {
                    producer.flush();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (RuntimeException e) {
                // For example a producer that is being closed. The records' own futures report their result.
                LOG.debug("event=flush_ended_early", e);
                return;
            } finally {
                running.set(false);
            }
            // A waiter may have arrived between the last check and running=false, and have started no thread.
            if (waiters.get() > 0) {
                start();
            }
        }
    }
}
