package io.usageflow.forwarder.publish.line;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.publish.input.NumberedLines;
import io.usageflow.forwarder.publish.input.NumberedLines.Line;
import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one JSON object per line, with the field names of the event's schema. Numbers are exact. Not thread-safe. */
public final class JsonLines implements LineSource {
    private final NumberedLines lines;
    private final LineIds ids;
    private final OptionalInt roundDigits;

    public JsonLines(InputStream in, LineIds ids, OptionalInt roundDigits) {
        this.lines = new NumberedLines(in);
        this.ids = ids;
        this.roundDigits = roundDigits;
    }

    @Override
    public Optional<ParsedLine> next() throws IOException {
        Optional<Line> line = lines.next();
        while (line.isPresent() && line.get().isBlank()) {
            line = lines.next();
        }
        return line.map(this::parse);
    }

    private ParsedLine parse(Line line) {
        if (line.problem().isPresent()) {
            return new ParsedLine.Bad(line.number(), line.text(), line.problem().get());
        }
        try {
            var amounts = new AmountRounding(roundDigits);
            UsageEvent event = event(line.text(), amounts);
            return new ParsedLine.Event(line.number(), line.text(), event, amounts.rounded());
        } catch (BadLineException | InvalidUsageEventException bad) {
            return new ParsedLine.Bad(line.number(), line.text(), String.valueOf(bad.getMessage()));
        }
    }

    private UsageEvent event(String text, AmountRounding amounts) throws BadLineException {
        ObjectNode object = JsonObjectParser.object(text);
        UsageEvent event = JsonEvent.of(object, amounts);
        return object.hasNonNull("id")
                ? event
                : event.id(ids.of(text.strip(), field -> JsonEvent.scalar(object, field)));
    }

    /** Parses a line that is exactly one JSON object, with exact numbers. Explains errors in our own words. Pure. */
    static final class JsonObjectParser {
        private static final int EXCERPT_CHARS_MAX = 64;
        private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '(.*)'", Pattern.DOTALL);

        private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        // The table of names would let one line affect another.
                        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(64)
                                .maxNumberLength(1_100)
                                .build())
                        .build())
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
                .build();

        private JsonObjectParser() {}

        static ObjectNode object(String line) throws BadLineException {
            try (JsonParser parser = JSON.createParser(line)) {
                JsonNode node = parser.readValueAsTree();
                if (!(node instanceof ObjectNode object)) {
                    throw new BadLineException("is not a JSON object: write one event a line, {\"event_type\":...}");
                }
                int end = (int) parser.currentLocation().getCharOffset();
                if (!line.substring(end).isBlank()) {
                    throw new BadLineException(
                            "is not JSON: more stands behind its object" + at(line, end) + ": write one event a line");
                }
                return object;
            } catch (JsonProcessingException malformed) {
                throw new BadLineException("is not JSON: " + fault(line, malformed));
            } catch (NumberFormatException exponent) {
                throw new BadLineException("is not JSON: it has a number whose exponent has too many digits");
            } catch (IOException impossible) {
                throw new UncheckedIOException("reading JSON from a String must not do I/O", impossible);
            }
        }

        private static String fault(String line, JsonProcessingException malformed) {
            if (malformed instanceof StreamConstraintsException) {
                return "it has a number of more than 1000 digits, a name of more than 50000 characters,"
                        + " or more than 64 levels";
            }
            Matcher duplicate = DUPLICATE.matcher(String.valueOf(malformed.getOriginalMessage()));
            if (duplicate.lookingAt()) {
                return "it names " + VisibleText.of(duplicate.group(1), EXCERPT_CHARS_MAX) + " twice: keep one";
            }
            if (malformed instanceof JsonEOFException) {
                return "it ends before its object is complete: is it cut off, or spread over several"
                        + " lines? write one event a" + " line";
            }
            long offset = malformed.getLocation() == null
                    ? 0
                    : malformed.getLocation().getCharOffset();
            return "it cannot be read" + at(line, (int) Math.max(0, Math.min(offset, line.length())));
        }

        private static String at(String line, int offset) {
            @Nullable String found = offset < line.length() ? line.substring(offset) : null;
            return " from character " + (offset + 1) + " on"
                    + (found == null ? "" : ", '" + VisibleText.of(found.strip(), EXCERPT_CHARS_MAX) + "'");
        }
    }
}
