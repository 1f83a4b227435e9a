package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import io.usageflow.producer.EventId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Derives ids for events without one, so that publishing the same input twice bills once.
 *
 * <p>By default an id is derived from the source's name, the line's content and the number of equal lines before it:
 * equal lines are several events, and inserting, removing or sorting other lines changes no id. This keeps a hash of
 * each such line, in memory bounded by {@link IdNotes}. A business key is better: the values of the fields in {@code
 * --id-from}. Close it. Not thread-safe.
 */
public final class LineIds implements AutoCloseable {
    private final String source;
    private final List<String> fields;
    private final IdNotes repeats = new IdNotes();
    private long derived;

    /**
     * @param source the same in every run, such as the file's name without its folder
     * @param fields of the business key; empty to derive ids from the content
     */
    public LineIds(String source, List<String> fields) {
        this.source = source;
        this.fields = List.copyOf(fields);
    }

    /** Looks up a field of the line by the name that {@code --id-from} uses. */
    public interface Fields {
        Optional<String> value(String field) throws BadLineException;
    }

    public EventId of(String content, Fields line) throws BadLineException {
        derived++;
        if (!fields.isEmpty()) {
            return ofFields(line);
        }
        EventId first = EventId.derive("usageflow-publish", source, content);
        UUID key = UUID.fromString(first.value());
        long before =
                repeats.get(key).map(note -> ByteBuffer.wrap(note).getLong()).orElse(0L);
        repeats.put(key, ByteBuffer.allocate(Long.BYTES).putLong(before + 1).array());
        return before == 0 ? first : EventId.derive("usageflow-publish", source, content, before);
    }

    private EventId ofFields(Fields line) throws BadLineException {
        var parts = new ArrayList<Object>(List.of("usageflow-publish-fields"));
        var faults = new ArrayList<String>();
        for (String field : fields) {
            parts.add(field);
            String text = line.value(field)
                    .filter(value -> !value.isEmpty())
                    .orElseThrow(() -> new BadLineException(
                            "has no " + field + ", which --id-from needs to derive the id: add it, or give an id"));
            parts.add(text);
            String fault = GivenId.faultOf(text);
            if (fault != null) {
                faults.add(field + ": " + fault);
            }
        }
        if (faults.size() == fields.size()) {
            throw new BadLineException(String.join("; ", faults) + ": name other fields with --id-from, or give an id");
        }
        return EventId.derive(parts.toArray());
    }

    /** The fields of the business key, in order; empty if ids are derived from the content. */
    public List<String> fields() {
        return fields;
    }

    @Override
    public void close() {
        repeats.close();
    }

    /** The number of derived ids. */
    public long derived() {
        return derived;
    }
}
