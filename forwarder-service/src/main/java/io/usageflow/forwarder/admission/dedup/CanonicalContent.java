package io.usageflow.forwarder.admission.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the billable content of an event in a canonical form. Each part has its kind and length, so that different
 * contents have different bytes.
 *
 * <p>Included: event type, account, explicit customer reference, {@code data}, and each cost's vendor, amount and
 * currency. Excluded, since an honest retry may change them: {@code occurred_at}, subject, descriptions, source, cost
 * ids and metadata. The order of maps and costs, the notation of numbers (1, 1.0, 1E0, long, decimal or JSON) and
 * explicit nulls do not matter.
 *
 * <p>State stores keep a hash of this form, so a change would turn repeats into conflicts. A change needs a new {@link
 * #FORM} and a comparison with the old form for the length of the dedup window.
 *
 * <p>Not thread-safe: it reuses one buffer.
 */
final class CanonicalContent {
    private static final byte FORM = 1;

    private static final ObjectReader JSON = JsonMapper.builder(JsonFactory.builder()
                    // Its symbol table fails on names with equal hashes, depending on what was read before.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build()
            .readerFor(JsonNode.class);

    private final Buffer out = new Buffer();

    /** Encodes an event. The result is valid until the next call, in its first {@link #length()} bytes. */
    byte[] write(UsageEvent event) {
        out.reset();
        out.write(FORM);
        text(event.getEventType());
        text(event.getAccountId());
        reference(event);
        data(event.getData());
        costs(event.getCosts());
        return out.bytes();
    }

    int length() {
        return out.size();
    }

    private void reference(UsageEvent event) {
        if (event.getCustomerId() != null) {
            out.write('i');
            text(event.getCustomerId());
        } else if (event.getCustomerExternalId() != null) {
            out.write('x');
            text(event.getCustomerExternalId());
        } else {
            out.write('-');
        }
    }

    private void data(Map<String, Object> data) {
        String[] keys = data.keySet().toArray(String[]::new);
        Arrays.sort(keys);
        out.write('{');
        for (String key : keys) {
            Object value = data.get(key);
            if (value != null) {
                text(key);
                datum(value);
            }
        }
        out.write('}');
    }

    private void datum(Object value) {
        if (value instanceof Long number) {
            number(number);
        } else if (value instanceof String text) {
            out.write('s');
            text(text);
        } else if (value instanceof BigDecimal number) {
            number(number);
        } else if (value instanceof Boolean flag) {
            out.write(flag ? 't' : 'f');
        } else if (value instanceof JsonValue json) {
            json(json.getJson());
        } else {
            throw new IllegalStateException(
                    "data holds a " + value.getClass().getName() + ", which is not in the schema");
        }
    }

    private void json(String json) {
        try {
            JsonNode node = JSON.readValue(json);
            node(node);
        } catch (JsonProcessingException notJson) {
            // The rules refuse such an event; should one pass, its text still distinguishes it.
            out.write('?');
            text(json);
        }
    }

    private void node(@Nullable JsonNode node) {
        if (node == null || node.isNull() || node.isMissingNode()) {
            out.write('n');
        } else if (node.isNumber()) {
            number(node.decimalValue());
        } else if (node.isTextual()) {
            out.write('s');
            text(node.textValue());
        } else if (node.isBoolean()) {
            out.write(node.booleanValue() ? 't' : 'f');
        } else if (node.isArray()) {
            out.write('[');
            node.forEach(this::node);
            out.write(']');
        } else {
            object(node);
        }
    }

    private void object(JsonNode node) {
        Map<String, JsonNode> members = new TreeMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!member.getValue().isNull()) {
                members.put(member.getKey(), member.getValue());
            }
        }
        out.write('{');
        members.forEach((key, value) -> {
            text(key);
            node(value);
        });
        out.write('}');
    }

    private void costs(List<Cost> costs) {
        out.write('[');
        if (costs.size() == 1) {
            cost(costs.get(0));
        } else if (!costs.isEmpty()) {
            sortedCosts(costs);
        }
        out.write(']');
    }

    private void sortedCosts(List<Cost> costs) {
        List<byte[]> written = new ArrayList<>(costs.size());
        int start = out.size();
        for (Cost cost : costs) {
            cost(cost);
            written.add(Arrays.copyOfRange(out.bytes(), start, out.size()));
            out.truncate(start);
        }
        written.sort(Arrays::compareUnsigned);
        written.forEach(bytes -> out.write(bytes, 0, bytes.length));
    }

    private void cost(Cost cost) {
        out.write('c');
        text(cost.getVendor());
        number(cost.getAmount());
        text(cost.getCurrency());
    }

    private void number(long value) {
        number(value, 0);
    }

    private void number(long value, int tens) {
        long unscaled = value;
        int exponent = value == 0 ? 0 : tens;
        while (unscaled != 0 && unscaled % 10 == 0) {
            unscaled /= 10;
            exponent++;
        }
        number(Long.toString(unscaled), exponent);
    }

    private void number(BigDecimal value) {
        BigInteger unscaled = value.unscaledValue();
        if (unscaled.bitLength() < Long.SIZE) {
            number(unscaled.longValue(), -value.scale());
            return;
        }
        BigDecimal shortest = value.stripTrailingZeros();
        number(shortest.unscaledValue().toString(), -shortest.scale());
    }

    private void number(String unscaled, int exponent) {
        out.write('d');
        text(unscaled);
        length(exponent);
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        length(utf8.length);
        out.write(utf8, 0, utf8.length);
    }

    private void length(int length) {
        out.writeInt(length);
    }

    /** A growing byte array, like ByteArrayOutputStream without its lock and copies. */
    private static final class Buffer {
        private byte[] bytes = new byte[1024];
        private int size;

        void reset() {
            size = 0;
        }

        byte[] bytes() {
            return bytes;
        }

        int size() {
            return size;
        }

        void truncate(int shorter) {
            size = shorter;
        }

        void write(int single) {
            reserve(1);
            bytes[size++] = (byte) single;
        }

        void writeInt(int value) {
            reserve(Integer.BYTES);
            bytes[size] = (byte) (value >>> 24);
            bytes[size + 1] = (byte) (value >>> 16);
            bytes[size + 2] = (byte) (value >>> 8);
            bytes[size + 3] = (byte) value;
            size += Integer.BYTES;
        }

        void write(byte[] from, int offset, int length) {
            reserve(length);
            System.arraycopy(from, offset, bytes, size, length);
            size += length;
        }

        private void reserve(int more) {
            if (more > bytes.length - size) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
            }
        }
    }
}
