package io.usageflow.forwarder.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.publish.NumberedLines.Line;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** One JSON object a line, in the words of the event's schema. Numbers are exact. Not thread-safe. */
public final class JsonLines implements LineSource {
    private static final ObjectMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(1_100)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();

    private final NumberedLines lines;
    private final LineIds ids;

    public JsonLines(InputStream in, LineIds ids) {
        this.lines = new NumberedLines(in);
        this.ids = ids;
    }

    @Override
    public Optional<ParsedLine> next() throws IOException {
        Optional<Line> line = lines.next();
        while (line.isPresent()
                && line.get().problem().isEmpty()
                && line.get().text().isBlank()) {
            line = lines.next();
        }
        return line.map(this::parse);
    }

    private ParsedLine parse(Line line) {
        if (line.problem().isPresent()) {
            return new ParsedLine.Bad(line.number(), line.text(), line.problem().get());
        }
        try {
            return new ParsedLine.Event(line.number(), line.text(), event(line.text()));
        } catch (BadLineException | InvalidUsageEventException bad) {
            return new ParsedLine.Bad(line.number(), line.text(), String.valueOf(bad.getMessage()));
        }
    }

    private UsageEvent event(String text) throws BadLineException {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new BadLineException("is not JSON: " + malformed.getOriginalMessage());
        }
        if (!(node instanceof ObjectNode object)) {
            throw new BadLineException("is not a JSON object: write one event a line, {\"event_type\":...}");
        }
        UsageEvent event = JsonEvent.of(object);
        return object.hasNonNull("id")
                ? event
                : event.id(ids.of(text.strip(), field -> JsonEvent.scalar(object, field)));
    }
}
