package io.usageflow.forwarder.publish.line;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.publish.id.LineIds;
import io.usageflow.forwarder.publish.input.NumberedLines;
import io.usageflow.forwarder.publish.input.NumberedLines.Line;
import io.usageflow.forwarder.publish.value.AmountRounding;
import io.usageflow.forwarder.publish.value.BadLineException;
import io.usageflow.producer.InvalidUsageEventException;
import io.usageflow.producer.UsageEvent;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** One JSON object a line, in the words of the event's schema. Numbers are exact. Not thread-safe. */
public final class JsonLines implements LineSource {
    private final NumberedLines lines;
    private final LineIds ids;
    private final AmountRounding rounding;

    public JsonLines(InputStream in, LineIds ids) {
        this(in, ids, AmountRounding.NONE);
    }

    public JsonLines(InputStream in, LineIds ids, AmountRounding rounding) {
        this.lines = new NumberedLines(in);
        this.ids = ids;
        this.rounding = rounding;
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
            var amounts = rounding.ofLine();
            UsageEvent event = event(line.text(), amounts);
            return new ParsedLine.Event(line.number(), line.text(), event, amounts.rounded());
        } catch (BadLineException | InvalidUsageEventException bad) {
            return new ParsedLine.Bad(line.number(), line.text(), String.valueOf(bad.getMessage()));
        }
    }

    private UsageEvent event(String text, AmountRounding.OfLine amounts) throws BadLineException {
        ObjectNode object = JsonObjectParser.object(text);
        UsageEvent event = JsonEvent.of(object, amounts);
        return object.hasNonNull("id")
                ? event
                : event.id(ids.of(text.strip(), field -> JsonEvent.scalar(object, field)));
    }
}
