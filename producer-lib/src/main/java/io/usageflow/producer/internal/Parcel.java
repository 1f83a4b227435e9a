package io.usageflow.producer.internal;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.spool.RecordKind;
import io.usageflow.producer.spool.Spooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way to Kafka or to the spool, and the promise made for it. Only one thread at a time works on it: the
 * caller's, then the usher's if it has to wait, then Kafka's or the spool's, each handing it on through a lock.
 *
 * @param <R> the receipt
 */
final class Parcel<R> implements Callback, Spooled {
    /** What a waiting event takes in memory beyond its encoded size, roughly: objects, strings, the future. */
    private static final int OVERHEAD_BYTES = 512;

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<Parcel> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(Parcel.class, "ended");

    private final String id;
    private final byte[] key;
    private final @Nullable String traceparent;
    private final BiFunction<String, RecordMetadata, R> receipt;
    private final InFlight inFlight;
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final long number;
    private final boolean event;
    private final long bornAtNanos = System.nanoTime();

    private @Nullable SpecificRecord content;
    private byte @Nullable [] value;
    private boolean encoded;
    private RecordKind kind = RecordKind.WIRE;
    private @Nullable TopicPartition nowhere;
    private int bytes;
    private long acceptedAtNanos;
    private @Nullable Throwable hindrance;

    private @Nullable Thread handingOver;
    private @Nullable Exception refusal;

    private volatile boolean durable;
    /** 0 or 1; {@link #ENDED} is its only use. */
    private volatile int ended;

    private volatile @Nullable RefusalReason refusedFor;

    /**
     * @param key the record's key, and for a link its id
     * @param content null for a tombstone
     */
    Parcel(
            String id,
            String key,
            @Nullable SpecificRecord content,
            @Nullable String traceparent,
            BiFunction<String, RecordMetadata, R> receipt,
            InFlight inFlight) {
        this.id = id;
        this.key = key.getBytes(StandardCharsets.UTF_8);
        this.content = content;
        this.event = content instanceof io.usageflow.schema.UsageEvent;
        this.encoded = content == null;
        this.traceparent = traceparent;
        this.receipt = receipt;
        this.inFlight = inFlight;
        this.number = inFlight.nextNumber();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] key() {
        return key;
    }

    @Override
    public @Nullable String traceparent() {
        return traceparent;
    }

    CompletableFuture<R> future() {
        return future;
    }

    /** When it was published, by {@link System#nanoTime}. */
    long bornAtNanos() {
        return bornAtNanos;
    }

    /** In the order of publishing. */
    long number() {
        return number;
    }

    @Nullable
    SpecificRecord content() {
        return content;
    }

    /** And not a link. */
    boolean isEvent() {
        return event;
    }

    boolean isEncoded() {
        return encoded;
    }

    byte @Nullable [] value() {
        return value;
    }

    void encodedAs(byte[] value) {
        this.value = value;
        this.encoded = true;
        this.content = null;
    }

    /** Encoded for the spool. */
    void spooledAs(RecordKind kind, byte[] value) {
        this.kind = kind;
        encodedAs(value);
    }

    RecordKind kind() {
        return kind;
    }

    /** Where it will go, before it is given to the spool: a topic, in no partition yet. */
    void keptFor(TopicPartition topic) {
        this.nowhere = topic;
    }

    /** @param wireBytes of the encoded value */
    void weigh(int wireBytes) {
        bytes = wireBytes + key.length + OVERHEAD_BYTES;
    }

    /** What it counts for in the waiting room. */
    int bytes() {
        return bytes;
    }

    void acceptedAt(long nanos) {
        acceptedAtNanos = nanos;
    }

    long acceptedAtNanos() {
        return acceptedAtNanos;
    }

    /** Why it waits. */
    @Nullable
    Throwable hindrance() {
        return hindrance;
    }

    void hinderedBy(Throwable cause) {
        hindrance = cause;
    }

    /** Before {@code send}: from here to {@link #handedOver} a failure told on this thread means that Kafka never had it. */
    void handingOver() {
        refusal = null;
        handingOver = Thread.currentThread();
    }

    /** After {@code send}: why Kafka did not take it, or null if it did. */
    @Nullable
    Exception handedOver() {
        handingOver = null;
        return refusal;
    }

    /**
     * Kafka tells both of a record it never took (within {@code send}, on the caller's thread) and of one that failed later
     * (on its own thread) through this method. The thread tells them apart: without a lock, since no other thread ever
     * finds itself in the field.
     */
    @Override
    public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null) {
            durable = true;
            inFlight.durable(this);
            future.complete(receipt.apply(id, metadata));
        } else if (handingOver == Thread.currentThread()) {
            refusal = failure;
        } else {
            fail(new NotDurableException(id, inFlight.reason(failure), KafkaOutlet.explain(failure), failure));
        }
    }

    /** The spool has it on disk. Kafka has not: its receipt has neither partition nor offset. */
    @Override
    public void kept() {
        if (nowhere == null) {
            throw new IllegalStateException("keptFor(...) was not called");
        }
        durable = true;
        inFlight.durable(this);
        future.complete(receipt.apply(id, new RecordMetadata(nowhere, -1, -1, System.currentTimeMillis(), -1, -1)));
    }

    @Override
    public void refused(PublishException why) {
        fail(why);
    }

    void fail(PublishException failure) {
        refusedFor = failure.reason();
        inFlight.refused(this, failure);
        future.completeExceptionally(failure);
    }

    /** True for the first who asks: what has ended may be told so a second time, by a client that is closed late. */
    boolean ends() {
        return ENDED.compareAndSet(this, 0, 1);
    }

    /** Whether Kafka has acknowledged it; stays so whatever the application does to its future. */
    boolean isDurable() {
        return durable;
    }

    /** Why it failed; null where it has not. */
    @Nullable
    RefusalReason refusedFor() {
        return refusedFor;
    }

    /** Cheaper than the identity's, which the parcel's header would have to be inflated for. */
    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }
}
