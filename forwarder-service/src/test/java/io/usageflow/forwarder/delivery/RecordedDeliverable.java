package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * Deliverable records that admission wrote before it wrote their JSON, recorded from that version: {@code records.tsv}
 * has the key, the value and the JSON that its delivery sent; {@code .avsc} the schemas with the ids 1 and 2.
 */
record RecordedDeliverable(String account, byte[] value, String json) {
    private static final String DIRECTORY = "/golden/deliverable-without-json/";

    static List<RecordedDeliverable> recorded() {
        return text("records.tsv")
                .lines()
                .map(line -> line.split("\t", 3))
                .map(RecordedDeliverable::of)
                .toList();
    }

    private static RecordedDeliverable of(String[] fields) {
        return new RecordedDeliverable(fields[0], Base64.getDecoder().decode(fields[1]), fields[2]);
    }

    /** Puts the schemas into an empty registry. */
    static void register(InMemorySchemaRegistry registry) {
        int event = registry.register("recorded-events", schema("UsageEvent"));
        int deliverable = registry.register("recorded-deliverables", schema("DeliverableEvent"));
        if (event != 1 || deliverable != 2) {
            throw new IllegalStateException("the records have the schema ids 1 and 2");
        }
    }

    static Schema schema(String record) {
        return new Schema.Parser().parse(text(record + ".avsc"));
    }

    private static String text(String file) {
        try (InputStream in = RecordedDeliverable.class.getResourceAsStream(DIRECTORY + file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
