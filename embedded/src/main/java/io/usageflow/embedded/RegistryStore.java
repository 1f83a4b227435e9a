package io.usageflow.embedded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What the server changes in its registry, written ahead to a journal where there is one: a broker that keeps its
 * records needs a registry that keeps its ids. One JSON object a line; played again in order it gives the same ids.
 * Thread-safe.
 */
final class RegistryStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final InMemorySchemaRegistry registry;
    private final Optional<Path> journal;

    private RegistryStore(InMemorySchemaRegistry registry, Optional<Path> journal) {
        this.registry = registry;
        this.journal = journal;
    }

    static RegistryStore inMemory(InMemorySchemaRegistry registry) {
        return new RegistryStore(registry, Optional.empty());
    }

    /** Plays the journal, creating it where it is missing. A last line that a crash has cut is taken off. */
    static RegistryStore journaled(Path journal) {
        RegistryStore store = new RegistryStore(new InMemorySchemaRegistry(), Optional.of(journal));
        try {
            if (Files.exists(journal)) {
                store.replay(journal);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the registry's journal " + journal + " cannot be read", e);
        }
        return store;
    }

    InMemorySchemaRegistry registry() {
        return registry;
    }

    synchronized int register(String subject, Schema schema) {
        if (registry.idOf(subject, schema).isEmpty() && registry.isCompatible(subject, schema)) {
            append(line(subject).put("schema", schema.toString()));
        }
        return registry.register(subject, schema);
    }

    synchronized void setLevel(Optional<String> subject, Compatibility level) {
        append(line(subject.orElse(null)).put("compatibility", level.name()));
        apply(subject, level);
    }

    private void apply(Optional<String> subject, Compatibility level) {
        if (subject.isPresent()) {
            registry.setCompatibility(subject.get(), level);
        } else {
            registry.setGlobalCompatibility(level);
        }
    }

    private static ObjectNode line(@Nullable String subject) {
        return JSON.createObjectNode().put("subject", subject);
    }

    private void append(ObjectNode line) {
        if (journal.isEmpty()) {
            return;
        }
        try {
            Files.writeString(
                    journal.get(),
                    line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw new UncheckedIOException("the registry's journal " + journal.get() + " cannot be written", e);
        }
    }

    private void replay(Path file) throws IOException {
        String text = Files.readString(file);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        List<JsonNode> lines = new ArrayList<>();
        for (String line : whole.lines().toList()) {
            lines.add(parsed(file, line));
        }
        lines.forEach(this::replay);
        if (whole.length() < text.length()) {
            Files.writeString(file, whole, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.DSYNC);
        }
    }

    private void replay(JsonNode line) {
        Optional<String> subject = Optional.ofNullable(line.path("subject").textValue());
        if (line.has("schema")) {
            registry.register(
                    subject.orElseThrow(),
                    new Schema.Parser(NameValidator.UTF_VALIDATOR)
                            .parse(line.path("schema").textValue()));
        } else {
            apply(subject, Compatibility.valueOf(line.path("compatibility").asText()));
        }
    }

    private static JsonNode parsed(Path file, String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the registry's journal " + file + " is damaged: delete it together with the broker's data", e);
        }
    }
}
