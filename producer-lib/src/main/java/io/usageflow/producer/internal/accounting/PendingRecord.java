package io.usageflow.producer.internal.accounting;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.FrameBatch.SpoolEntry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way to Kafka or to the spool, with its future. Only one thread at a time uses it: the caller's,
 * then the buffer drainer's if the record has to wait, then Kafka's or the spool's. Each passes it on through a lock.
 *
 * @param <R> the receipt
 */
public final class PendingRecord<R> implements Callback, SpoolEntry {
    /** Approximate memory of a waiting event beyond its encoded size: objects, strings, the future. */
    private static final int OVERHEAD_BYTES = 512;

    @SuppressWarnings("rawtypes")
    private static final AtomicIntegerFieldUpdater<PendingRecord> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(PendingRecord.class, "ended");

    private final String id;
    private final byte[] key;
    private final @Nullable String traceparent;
    private final BiFunction<String, RecordMetadata, R> receipt;
    private final PendingRecords pending;
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final long sequence;
    private final boolean event;
    private final long publishedAtNanos = System.nanoTime();

    private @Nullable SpecificRecord content;
    private byte @Nullable [] value;
    private boolean encoded;
    private RecordKind kind = RecordKind.WIRE;
    private @Nullable TopicPartition spoolTopic;
    private int bytes;
    private long bufferedAtNanos;
    private @Nullable Throwable hindrance;

    private @Nullable Thread beforeSend;
    private @Nullable Exception refusal;

    private volatile boolean durable;

    @SuppressWarnings("UnusedVariable") // 0 or 1, read and written through ENDED.
    private volatile int ended;

    private volatile @Nullable RefusalReason refusedFor;

    /**
     * Creates a record that is not accepted yet.
     *
     * @param key the record's key; for a link, its id too
     * @param content null for a tombstone
     */
    public PendingRecord(
            String id,
            String key,
            @Nullable SpecificRecord content,
            @Nullable String traceparent,
            BiFunction<String, RecordMetadata, R> receipt,
            PendingRecords pending) {
        this.id = id;
        this.key = key.getBytes(StandardCharsets.UTF_8);
        this.content = content;
        this.event = content instanceof io.usageflow.schema.UsageEvent;
        this.encoded = content == null;
        this.traceparent = traceparent;
        this.receipt = receipt;
        this.pending = pending;
        this.sequence = pending.nextSequence();
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

    public CompletableFuture<R> future() {
        return future;
    }

    /** The time of publishing, by {@link System#nanoTime}. */
    long publishedAtNanos() {
        return publishedAtNanos;
    }

    /** Increases in the order of publishing. */
    long sequence() {
        return sequence;
    }

    @Nullable
    public SpecificRecord content() {
        return content;
    }

    /** False for a link. */
    boolean isEvent() {
        return event;
    }

    public boolean isEncoded() {
        return encoded;
    }

    public byte @Nullable [] value() {
        return value;
    }

    public void encodedAs(byte[] value) {
        this.value = value;
        this.encoded = true;
        this.content = null;
    }

    public void encodedForSpool(RecordKind kind, byte[] value) {
        this.kind = kind;
        encodedAs(value);
    }

    public RecordKind kind() {
        return kind;
    }

    /** Sets the topic that the spool's receipt names; its partition is not known yet. */
    public void spooledTo(TopicPartition topic) {
        this.spoolTopic = topic;
    }

    /** Sets the size of the encoded value, from which {@link #bytes} follows. */
    public void setWireBytes(int wireBytes) {
        bytes = wireBytes + key.length + OVERHEAD_BYTES;
    }

    /** Its size as the buffers count it. */
    public int bytes() {
        return bytes;
    }

    public void bufferedAt(long nanos) {
        bufferedAtNanos = nanos;
    }

    public long bufferedAtNanos() {
        return bufferedAtNanos;
    }

    /** Why it waits; null if it does not. */
    @Nullable
    public Throwable hindrance() {
        return hindrance;
    }

    public void hinderedBy(Throwable cause) {
        hindrance = cause;
    }

    /** Until {@link #afterSend}, a failure reported on this thread means that Kafka never had the record. */
    public void beforeSend() {
        refusal = null;
        beforeSend = Thread.currentThread();
    }

    /** Why Kafka did not accept the record; null if it did. */
    @Nullable
    public Exception afterSend() {
        beforeSend = null;
        return refusal;
    }

    /**
     * Kafka calls this for a record that it never accepted (within {@code send}, on the sending thread) and for one
     * that failed later (on its own thread). The thread tells them apart. No lock is needed: a thread can only find
     * itself in the field if it has set it.
     */
    @Override
    public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null) {
            durable = true;
            pending.durable(this);
            future.complete(receipt.apply(id, metadata));
        } else if (beforeSend == Thread.currentThread()) {
            refusal = failure;
        } else {
            fail(new NotDurableException(id, pending.refusalReason(failure), describe(failure), failure));
        }
    }

    /** The record is on the spool's disk, not in Kafka: its receipt has no partition and no offset. */
    @Override
    public void onDurable() {
        if (spoolTopic == null) {
            throw new IllegalStateException("spooledTo(...) was not called");
        }
        durable = true;
        pending.durable(this);
        future.complete(receipt.apply(id, new RecordMetadata(spoolTopic, -1, -1, System.currentTimeMillis(), -1, -1)));
    }

    @Override
    public void onRefused(PublishException why) {
        fail(why);
    }

    /** A failure's type and message, for exceptions and logs. Kafka's own message of a refusal names no operation. */
    public static String describe(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        if (failure instanceof TopicAuthorizationException topics) {
            return name + ": may not WRITE " + String.join(", ", topics.unauthorizedTopics())
                    + ": grant WRITE on the topic (docs/security.md)";
        }
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }

    public void fail(PublishException failure) {
        refusedFor = failure.reason();
        pending.refused(this, failure);
        future.completeExceptionally(failure);
    }

    /** True for the first call: a client that is closed late may report a result twice. */
    boolean tryEnd() {
        return ENDED.compareAndSet(this, 0, 1);
    }

    /** Whether it is acknowledged, independent of what the application does to its future. */
    public boolean isDurable() {
        return durable;
    }

    /** Why it failed; null if it has not. */
    @Nullable
    public RefusalReason refusedFor() {
        return refusedFor;
    }

    /** Cheaper than the identity hash, which needs an inflated object header. */
    @Override
    public int hashCode() {
        return Long.hashCode(sequence);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }
}
