package io.usageflow.forwarder.delivery.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Events as Credyt's wire has them (CREDYT-API.md, 3), written straight from the record to bytes. Pure and thread-safe:
 * the same record always gives the same bytes, in any process and for ever, so map keys are sorted, decimals are plain
 * and without trailing zeros, and times have six digits and a Z.
 */
public final class EventJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final byte[] COMMA = {','};
    private static final byte[] END = "]}".getBytes(UTF_8);

    private EventJson() {}

    /**
     * The event as an element of {@code events[]}.
     *
     * @throws IllegalArgumentException where the records contradict each other, or hold what JSON cannot say; the message
     *     names the field
     */
    public static byte[] event(DeliverableEvent deliverable, UsageEvent event) {
        try (var bytes = new ByteArrayBuilder(512);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", deliverable.getCredytEventId());
            json.writeStringField("event_type", event.getEventType());
            json.writeStringField("occurred_at", time(event.getOccurredAt()));
            optional(json, "subject", event.getSubject());
            optional(json, "description", event.getDescription());
            if (!event.getData().isEmpty()) {
                data(json, event.getData());
            }
            if (!event.getCosts().isEmpty()) {
                costs(json, deliverable, event.getCosts());
            }
            json.writeEndObject();
            json.flush();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing JSON to memory failed", impossible);
        }
    }

    /** The body of a request: one customer, the events in order. */
    public static byte[] body(boolean externalCustomer, String customer, List<byte[]> events) {
        byte[] begin = begin(externalCustomer ? "customer_external_id" : "customer_id", customer);
        int length = begin.length + END.length + Math.max(0, events.size() - 1);
        for (byte[] event : events) {
            length += event.length;
        }
        byte[] body = Arrays.copyOf(begin, length);
        int at = begin.length;
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                System.arraycopy(COMMA, 0, body, at++, 1);
            }
            System.arraycopy(events.get(i), 0, body, at, events.get(i).length);
            at += events.get(i).length;
        }
        System.arraycopy(END, 0, body, at, END.length);
        return body;
    }

    private static byte[] begin(String field, String customer) {
        try (var bytes = new ByteArrayBuilder(128);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField(field, customer);
            json.writeArrayFieldStart("events");
            json.flush();
            byte[] begin = bytes.toByteArray();
            json.writeEndArray();
            json.writeEndObject();
            return begin;
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing JSON to memory failed", impossible);
        }
    }

    static String time(Instant occurredAt) {
        return MICROS.format(occurredAt);
    }

    private static void data(JsonGenerator json, Map<String, Object> data) throws IOException {
        json.writeObjectFieldStart("data");
        for (String key : sorted(data)) {
            json.writeFieldName(key);
            scalar(json, key, data.get(key));
        }
        json.writeEndObject();
    }

    private static void scalar(JsonGenerator json, String key, @Nullable Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof BigDecimal decimal) {
            json.writeNumber(decimal.stripTrailingZeros());
        } else if (value instanceof CharSequence text) {
            json.writeString(text.toString());
        } else if (value instanceof JsonValue raw) {
            json.writeRawValue(valid(key, raw.getJson()));
        } else {
            throw new IllegalArgumentException(
                    "data." + key + " is a " + value.getClass().getName() + ", which the schema does not allow");
        }
    }

    /** The text itself, so that no number in it is read and written again; checked, so that it cannot break the body. */
    private static String valid(String key, String text) {
        int values = 0;
        int depth = 0;
        try (JsonParser parser = JSON.createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += depth == 0 ? 1 : 0; // an end never stands at depth 0
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(
                    "data." + key + " is not JSON: " + malformed.getOriginalMessage(), malformed);
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading JSON from memory failed", impossible);
        }
        if (values != 1) {
            throw new IllegalArgumentException("data." + key + " holds " + values + " JSON values: it must hold one");
        }
        return text.strip();
    }

    private static void costs(JsonGenerator json, DeliverableEvent deliverable, List<Cost> costs) throws IOException {
        UUID eventId = UUID.fromString(deliverable.getCredytEventId());
        json.writeArrayFieldStart("costs");
        for (int i = 0; i < costs.size(); i++) {
            Cost cost = costs.get(i);
            json.writeStartObject();
            json.writeStringField(
                    "id",
                    CredytIds.ofCost(eventId, Optional.ofNullable(cost.getId()), i)
                            .toString());
            vendor(json, deliverable, cost.getVendor());
            optional(json, "description", cost.getDescription());
            json.writeFieldName("amount");
            json.writeNumber(cost.getAmount().stripTrailingZeros());
            json.writeStringField("currency", cost.getCurrency());
            if (!cost.getMetadata().isEmpty()) {
                json.writeObjectFieldStart("metadata");
                for (String key : sorted(cost.getMetadata())) {
                    json.writeStringField(key, cost.getMetadata().get(key));
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void vendor(JsonGenerator json, DeliverableEvent deliverable, String vendor) throws IOException {
        CredytReference reference = deliverable.getVendors().get(vendor);
        if (reference == null) {
            throw new IllegalArgumentException("the vendor '" + vendor + "' of a cost has no reference in the record");
        }
        boolean external = reference.getKind() == ReferenceKind.EXTERNAL_ID;
        json.writeStringField(external ? "vendor_external_id" : "vendor_id", reference.getValue());
    }

    private static void optional(JsonGenerator json, String field, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value);
        }
    }

    private static String[] sorted(Map<String, ?> map) {
        String[] keys = map.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        return keys;
    }
}
