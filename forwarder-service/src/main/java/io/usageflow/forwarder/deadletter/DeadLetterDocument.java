package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.Fix;
import io.usageflow.schema.OriginalReference;
import io.usageflow.schema.SourceCoordinates;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A dead letter as JSON for scripts. Pure. */
public final class DeadLetterDocument {
    private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

    private DeadLetterDocument() {}

    /** The fields of a list: everything except the event. */
    public static ObjectNode brief(StoredDeadLetter stored) {
        DeadLetter letter = stored.letter();
        ObjectNode node = NODES.objectNode();
        node.put("id", letter.getId())
                .put("state", stored.state().name())
                .put("reason", letter.getReason())
                .put("stage", letter.getStage())
                .put("account_id", letter.getAccountId())
                .put("event_id", letter.getEventId())
                .put("event_type", letter.getEventType())
                .put("detail", letter.getDetail())
                .put("http_status", letter.getHttpStatus())
                .put("attempts", letter.getAttempts())
                .put("first_failed_at", letter.getFirstFailedAt().toString())
                .put("last_failed_at", letter.getLastFailedAt().toString())
                .put("replay_of", letter.getReplayOf());
        stored.mark().ifPresent(mark -> node.set("mark", mark(mark)));
        return node;
    }

    /** All fields, with the event as it was published. */
    public static ObjectNode whole(StoredDeadLetter stored, OriginalEvent original) {
        DeadLetter letter = stored.letter();
        ObjectNode node = brief(stored);
        node.put("response_excerpt", letter.getResponseExcerpt());
        ObjectNode attributes = node.putObject("attributes");
        new TreeMap<>(letter.getAttributes()).forEach(attributes::put);
        node.set("source", source(letter.getSource()));
        node.put("partition", stored.partition()).put("offset", stored.offset()).put("version", letter.getVersion());
        node.set("key", stored.key().map(DeadLetterDocument::bytes).orElse(null));
        ArrayNode headers = node.putArray("headers");
        for (Header header : stored.headers()) {
            ObjectNode entry = headers.addObject().put("name", header.key());
            entry.set("value", header.value() == null ? null : bytes(header.value()));
        }
        original.match(
                event -> node.set("event", EventDocument.of(event)),
                unreadable -> node.put("event_unreadable", unreadable));
        String value = stored.value().map(Base64.getEncoder()::encodeToString).orElse(null);
        node.put("value_base64", stored.reference().isPresent() ? null : value);
        stored.reference().ifPresent(reference -> node.set("reference", reference(reference, value)));
        return node;
    }

    /** Shows that {@code key} and {@code headers} are only the beginning of the original. */
    private static ObjectNode reference(OriginalReference reference, @Nullable String beginning) {
        return NODES.objectNode()
                .put("value_bytes", reference.getValueBytes())
                .put("value_sha256", reference.getValueSha256())
                .put("value_beginning_base64", beginning)
                .put("key_bytes", reference.getKeyBytes())
                .put("key_sha256", reference.getKeySha256())
                .put("headers", reference.getHeaders())
                .put("headers_bytes", reference.getHeadersBytes());
    }

    private static ObjectNode mark(DeadLetterMark mark) {
        ObjectNode node = NODES.objectNode();
        node.put("state", mark.getState())
                .put("who", mark.getWho())
                .put("why", mark.getWhy())
                .put("job", mark.getJob())
                .put("marked_at", mark.getMarkedAt().toString());
        ArrayNode fixes = node.putArray("fixes");
        for (Fix fix : mark.getFixes()) {
            fixes.addObject()
                    .put("field", fix.getField())
                    .put("old_value", fix.getOldValue())
                    .put("new_value", fix.getNewValue());
        }
        return node;
    }

    private static ObjectNode source(SourceCoordinates source) {
        return NODES.objectNode()
                .put("topic", source.getTopic())
                .put("partition", source.getPartition())
                .put("offset", source.getOffset())
                .put("topic_id", source.getTopicId())
                .put("timestamp", source.getTimestamp().toString());
    }

    /** {@code {"text": …}} where the bytes are text, otherwise {@code {"base64": …}}. */
    private static ObjectNode bytes(byte[] bytes) {
        String text = text(bytes);
        ObjectNode node = NODES.objectNode();
        return text != null
                ? node.put("text", text)
                : node.put("base64", Base64.getEncoder().encodeToString(bytes));
    }

    /** The text where the bytes are UTF-8 without control characters; null otherwise. */
    public static @Nullable String text(byte[] bytes) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.chars().anyMatch(Character::isISOControl) ? null : text;
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
