package io.usageflow.forwarder.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.rule.ExactDecimal;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Entries of an event's data as an operator writes them: {@code null}, {@code true}, {@code false}, a number, an object
 * or a list is JSON; everything else is text. Text that looks like one of these is put in double quotes. Pure.
 */
final class DataText {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d{0,18})");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,199})(\\.\\d{1,200})?");

    private DataText() {}

    /** @throws EventFix.BadFixException where it begins like JSON and is none */
    static @Nullable Object read(String text) {
        if (text.equals("null")) {
            return null;
        }
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        if (NUMBER.matcher(text).matches()) {
            return number(text);
        }
        if (text.startsWith("\"") || text.startsWith("{") || text.startsWith("[")) {
            try {
                JsonNode node = JSON.readTree(text);
                return node.isTextual() ? node.textValue() : new JsonValue(text);
            } catch (JsonProcessingException malformed) {
                throw new EventFix.BadFixException("--set of data is '" + text
                        + "', which begins like JSON and is none: correct it, or send it as a text in double quotes");
            }
        }
        return text;
    }

    /** Writes a value so that {@link #read} reads the same value. */
    static String write(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof BigDecimal decimal) {
            return plain(decimal);
        }
        if (value instanceof JsonValue json) {
            return json.getJson();
        }
        String text = value.toString();
        boolean ambiguous = value instanceof String
                && (text.isEmpty()
                        || text.equals("null")
                        || text.equals("true")
                        || text.equals("false")
                        || NUMBER.matcher(text).matches()
                        || "\"{[".indexOf(text.charAt(0)) >= 0);
        return ambiguous ? TextNode.valueOf(text).toString() : text;
    }

    static String plain(BigDecimal decimal) {
        return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }

    /** Empty if the text is no decimal number, or one that the schema would have to round. */
    static Optional<BigDecimal> decimal(String text) {
        return NUMBER.matcher(text.strip()).matches()
                ? Optional.of(new BigDecimal(text.strip())).filter(ExactDecimal::fits)
                : Optional.empty();
    }

    private static Object number(String text) {
        if (WHOLE.matcher(text).matches()) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException beyondLong) {
                // Falls through: a decimal holds it.
            }
        }
        return decimal(text).<Object>map(decimal -> decimal).orElseGet(() -> new JsonValue(text));
    }
}
