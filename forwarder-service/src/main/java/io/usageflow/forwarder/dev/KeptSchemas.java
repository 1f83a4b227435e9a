package io.usageflow.forwarder.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.RegisteredSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;

/**
 * Keeps a registry's schemas in a file beside the broker's data: records that stay must stay readable, and they name
 * their schema by its id, which a new registry would give to another. Written within a second of a registration and on
 * close. Thread-safe.
 */
final class KeptSchemas implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InMemorySchemaRegistry registry;
    private final Path file;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "kept-schemas");
        thread.setDaemon(true);
        return thread;
    });
    private List<String> written = List.of();

    private KeptSchemas(InMemorySchemaRegistry registry, Path file) {
        this.registry = registry;
        this.file = file;
    }

    /** @throws IllegalStateException if the file is not one that was written here */
    static KeptSchemas open(Path file) {
        var kept = new KeptSchemas(new InMemorySchemaRegistry(), file);
        kept.load();
        kept.timer.scheduleWithFixedDelay(kept::save, 1, 1, TimeUnit.SECONDS);
        return kept;
    }

    InMemorySchemaRegistry registry() {
        return registry;
    }

    private void load() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                JsonNode entry = JSON.readTree(line);
                int id = registry.register(
                        entry.path("subject").asText(),
                        new Schema.Parser().parse(entry.path("schema").asText()));
                if (id != entry.path("id").asInt()) {
                    throw new IllegalStateException("the schemas in " + file + " are incomplete: delete the folder "
                            + file.getParent() + " to begin anew");
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** In the order of ids, since that is what a new registry hands out again. */
    private synchronized void save() {
        var all = new ArrayList<RegisteredSchema>();
        registry.subjects().forEach(subject -> all.addAll(registry.versions(subject)));
        all.sort(Comparator.comparingInt(RegisteredSchema::id).thenComparing(RegisteredSchema::subject));
        var lines = new ArrayList<String>();
        for (RegisteredSchema version : all) {
            ObjectNode entry = JSON.createObjectNode();
            entry.put("id", version.id())
                    .put("subject", version.subject())
                    .put("schema", version.schema().toString());
            lines.add(entry.toString());
        }
        if (!lines.equals(written)) {
            write(lines);
            written = lines;
        }
    }

    private void write(List<String> lines) {
        try {
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.write(beside, lines);
            // A crash leaves the old file or the new one, never a half.
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException("the schemas cannot be kept in " + file, failed);
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        save();
    }
}
