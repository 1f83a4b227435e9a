package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.OriginalReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter in its topic, with the newest answer to it.
 *
 * @param partition of the dead-letter topic
 * @param offset in that partition
 */
public record StoredDeadLetter(DeadLetter letter, int partition, long offset, Optional<DeadLetterMark> mark) {

    public DeadLetterState state() {
        return DeadLetterState.of(mark);
    }

    /** Empty if a newer forwarder wrote a reason that this version does not know. */
    public Optional<DeadLetterReason> reason() {
        return DeadLetterReason.named(letter.getReason());
    }

    /** Describes a record that was too large to keep; key, value and headers are then only its beginning. */
    public Optional<OriginalReference> reference() {
        return Optional.ofNullable(letter.getOriginalReference());
    }

    /** The published key, a copy. */
    public Optional<byte[]> key() {
        return bytes(letter.getOriginalKey());
    }

    /** The published value, a copy; empty where the record was a tombstone. */
    public Optional<byte[]> value() {
        return bytes(letter.getOriginalValue());
    }

    /** The published headers, in their order. */
    public List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (OriginalHeader header : letter.getOriginalHeaders()) {
            headers.add(
                    new RecordHeader(header.getKey(), bytes(header.getValue()).orElse(null)));
        }
        return headers;
    }

    /** The account if known; otherwise the key if it is text, because the key usually is the account. */
    public Optional<String> account() {
        return Optional.ofNullable(letter.getAccountId())
                .or(() -> key().map(key -> new String(key, UTF_8)).filter(text -> text.indexOf('\uFFFD') < 0));
    }

    private static Optional<byte[]> bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return Optional.empty();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return Optional.of(bytes);
    }
}
