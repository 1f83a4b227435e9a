package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
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
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes events as Credyt's JSON (docs/credyt-api.md, 3), directly from the record to bytes. Pure and thread-safe. The
 * same record always gives the same bytes, in any process and version: map keys are sorted, decimals are plain and
 * without trailing zeros, and times have six digits and a Z.
 */
public final class EventJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            // Its symbol table fails on names with equal hashes, depending on what was read before.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final byte[] COMMA = {','};
    private static final byte[] END = "]}".getBytes(UTF_8);

    private static final SerializedString ID = new SerializedString("id");
    private static final SerializedString EVENT_TYPE = new SerializedString("event_type");
    private static final SerializedString OCCURRED_AT = new SerializedString("occurred_at");
    private static final SerializedString SUBJECT = new SerializedString("subject");
    private static final SerializedString DESCRIPTION = new SerializedString("description");
    private static final SerializedString DATA = new SerializedString("data");
    private static final SerializedString COSTS = new SerializedString("costs");
    private static final SerializedString AMOUNT = new SerializedString("amount");
    private static final SerializedString CURRENCY = new SerializedString("currency");
    private static final SerializedString METADATA = new SerializedString("metadata");
    private static final SerializedString VENDOR_EXTERNAL_ID = new SerializedString("vendor_external_id");
    private static final SerializedString VENDOR_ID = new SerializedString("vendor_id");

    private EventJson() {}

    /**
     * The event as an element of {@code events[]}.
     *
     * @throws IllegalArgumentException if the records contradict each other, or have a value that JSON does not
     *     support; the message names the field
     */
    public static byte[] event(DeliverableEvent deliverable, UsageEvent event) {
        return written(512, json -> {
            json.writeStartObject();
            text(json, ID, deliverable.getCredytEventId());
            text(json, EVENT_TYPE, event.getEventType());
            json.writeFieldName(OCCURRED_AT);
            time(json, event.getOccurredAt());
            optional(json, SUBJECT, event.getSubject());
            optional(json, DESCRIPTION, event.getDescription());
            if (!event.getData().isEmpty()) {
                json.writeFieldName(DATA);
                data(json, event.getData());
            }
            if (!event.getCosts().isEmpty()) {
                costs(json, deliverable, event.getCosts());
            }
            json.writeEndObject();
        });
    }

    /**
     * The value of an event's {@code data}, as {@link #event} writes it.
     *
     * @throws IllegalArgumentException if it holds a value that JSON cannot say; the message names the key
     */
    public static byte[] data(Map<String, Object> data) {
        return written(128, json -> data(json, data));
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static byte[] written(int sizeHint, Writing writing) {
        try (var bytes = new ByteArrayBuilder(sizeHint);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            writing.to(json);
            json.flush();
            return bytes.toByteArray();
        } catch (JsonProcessingException unsayable) {
            throw new IllegalArgumentException(unsayable.getOriginalMessage(), unsayable);
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

    /** What is open is closed only after the bytes were taken. */
    private static byte[] begin(String field, String customer) {
        return written(128, json -> {
            json.writeStartObject();
            json.writeStringField(field, customer);
            json.writeArrayFieldStart("events");
        });
    }

    /** Writes {@code 2026-11-23T10:00:00.123456Z}; the JDK's formatter would take a quarter of the whole time. */
    private static void time(JsonGenerator json, Instant instant) throws IOException {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            json.writeString(MICROS.format(instant));
            return;
        }
        char[] text = "0000-00-00T00:00:00.000000Z".toCharArray();
        digits(text, 4, utc.getYear());
        digits(text, 7, utc.getMonthValue());
        digits(text, 10, utc.getDayOfMonth());
        digits(text, 13, utc.getHour());
        digits(text, 16, utc.getMinute());
        digits(text, 19, utc.getSecond());
        digits(text, 26, utc.getNano() / 1000);
        json.writeString(text, 0, text.length);
    }

    /** Writes the digits of a number, ending before {@code end}. */
    private static void digits(char[] text, int end, int number) {
        int at = end;
        for (int rest = number; rest > 0; rest /= 10) {
            text[--at] = (char) ('0' + rest % 10);
        }
    }

    private static void data(JsonGenerator json, Map<String, Object> data) throws IOException {
        json.writeStartObject();
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
            decimal(json, decimal);
        } else if (value instanceof CharSequence text) {
            json.writeString(text.toString());
        } else if (value instanceof JsonValue raw) {
            json.writeRawValue(valid(key, raw.getJson()));
        } else {
            throw new IllegalArgumentException(
                    "data." + key + " is a " + value.getClass().getName() + ", which the schema does not allow");
        }
    }

    /** Writes JSON text unchanged, to keep its numbers; validated first, so that it cannot break the body. */
    private static String valid(String key, String text) {
        int values = 0;
        int depth = 0;
        try (JsonParser parser = JSON.createParser(text)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += depth == 0 ? 1 : 0; // an end is never at depth 0
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
        json.writeFieldName(COSTS);
        json.writeStartArray();
        for (int i = 0; i < costs.size(); i++) {
            Cost cost = costs.get(i);
            json.writeStartObject();
            text(
                    json,
                    ID,
                    CredytIds.ofCost(eventId, Optional.ofNullable(cost.getId()), i)
                            .toString());
            vendor(json, deliverable, cost.getVendor());
            optional(json, DESCRIPTION, cost.getDescription());
            json.writeFieldName(AMOUNT);
            decimal(json, cost.getAmount());
            text(json, CURRENCY, cost.getCurrency());
            if (!cost.getMetadata().isEmpty()) {
                json.writeFieldName(METADATA);
                json.writeStartObject();
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
        text(json, external ? VENDOR_EXTERNAL_ID : VENDOR_ID, reference.getValue());
    }

    /** Plain, without trailing zeros. Uses a long if it fits, since stripping a large integer divides for each zero. */
    private static void decimal(JsonGenerator json, BigDecimal exact) throws IOException {
        int scale = exact.scale();
        BigInteger unscaled = exact.unscaledValue();
        if (scale < 0 || unscaled.bitLength() >= Long.SIZE) {
            json.writeNumber(exact.stripTrailingZeros());
            return;
        }
        long digits = unscaled.longValue();
        while (scale > 0 && digits % 10 == 0) {
            digits /= 10;
            scale--;
        }
        if (scale == 0) {
            json.writeNumber(digits);
        } else {
            json.writeNumber(BigDecimal.valueOf(digits, scale));
        }
    }

    private static void optional(JsonGenerator json, SerializedString field, @Nullable String value)
            throws IOException {
        if (value != null) {
            text(json, field, value);
        }
    }

    private static void text(JsonGenerator json, SerializedString field, String value) throws IOException {
        json.writeFieldName(field);
        json.writeString(value);
    }

    private static String[] sorted(Map<String, ?> map) {
        String[] keys = map.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        return keys;
    }
}
