package io.usageflow.schema.rule;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.usageflow.schema.rule.Violation.ViolationCollector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Whether the text of a {@code JsonValue} is one JSON value within bounds. Pure. */
final class JsonRules {
    private static final JsonFactory JSON = JsonFactory.builder()
            // Readers disagree about {"a":1,"a":2}; billing must not depend on the reader.
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Jackson keeps its table of names between texts and refuses names with equal hashes: one event with chosen
            // names could make another event invalid.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonRules() {}

    static void check(ViolationCollector violations, String path, @Nullable String json) {
        if (json == null) {
            violations.add(Violation.Field.DATA, path, "is missing its JSON text", "write null as the null branch");
            return;
        }
        if (json.length() > EventRules.JSON_CHARS_MAX) {
            violations.add(
                    Violation.Field.DATA,
                    path,
                    "has " + json.length() + " characters as JSON",
                    "use at most " + EventRules.JSON_CHARS_MAX);
            return;
        }
        try (JsonParser parser = JSON.createParser(json)) {
            walk(violations, path, parser);
        } catch (JsonProcessingException e) {
            long column = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
            String where = column < 0 ? "" : " from character " + (column + 1) + " on";
            violations.add(
                    Violation.Field.DATA,
                    path,
                    "is not JSON" + where,
                    "use valid JSON, with no name twice in an object and no number of more than "
                            + EventRules.DIGITS_MAX + " digits");
        } catch (IOException e) {
            throw new UncheckedIOException("reading JSON from a String must not do I/O", e);
        }
    }

    private static void walk(ViolationCollector violations, String path, JsonParser parser) throws IOException {
        int depth = 0;
        int values = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (depth == 0) {
                values++;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            @Nullable String wrong = wrongWith(parser, token, depth);
            if (wrong != null) {
                violations.add(Violation.Field.DATA, path, wrong, "make it plainer, or send it as a string");
                return;
            }
        }
        if (values != 1) {
            violations.add(Violation.Field.DATA, path, "has " + values + " JSON values", "use exactly one");
        }
    }

    private static @Nullable String wrongWith(JsonParser parser, JsonToken token, int depth) throws IOException {
        if (depth > EventRules.JSON_DEPTH_MAX) {
            return "is nested deeper than " + EventRules.JSON_DEPTH_MAX + " levels";
        }
        if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
            String text = parser.getText();
            int bad = TextRules.firstBad(text, TextRules.Alphabet.ENCODABLE);
            return bad == TextRules.CLEAN ? null : "holds a text that " + TextRules.describe(text, bad);
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT && !isReasonable(parser)) {
            return "holds a number of more than " + EventRules.DIGITS_MAX + " digits";
        }
        return null;
    }

    /** Whether the number stays short without an exponent: 1E999999999 is short as text and a gigabyte as digits. */
    private static boolean isReasonable(JsonParser parser) throws IOException {
        BigDecimal number;
        try {
            number = parser.getDecimalValue();
        } catch (NumberFormatException e) {
            // Jackson throws this for an exponent that does not fit an int, although the text is valid JSON.
            return false;
        }
        long whole = Math.max(1, (long) number.precision() - number.scale());
        return whole + Math.max(0, number.scale()) <= EventRules.DIGITS_MAX;
    }
}
