package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.OriginalReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.Utils;

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
        return Optional.ofNullable(letter.getOriginalKey()).map(Utils::toArray);
    }

    /** The published value, a copy; empty where the record was a tombstone. */
    public Optional<byte[]> value() {
        return Optional.ofNullable(letter.getOriginalValue()).map(Utils::toArray);
    }

    /** The published headers, in their order. */
    public List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        for (OriginalHeader header : letter.getOriginalHeaders()) {
            headers.add(new RecordHeader(header.getKey(), Utils.toNullableArray(header.getValue())));
        }
        return headers;
    }

    /** The account if known; otherwise the key if it is text, because the key usually is the account. */
    public Optional<String> account() {
        return Optional.ofNullable(letter.getAccountId())
                .or(() -> key().map(key -> new String(key, UTF_8)).filter(text -> text.indexOf('\uFFFD') < 0));
    }
}
