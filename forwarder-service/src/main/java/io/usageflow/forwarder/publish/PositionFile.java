package io.usageflow.forwarder.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps a {@link Position} on disk, so that a backfill that was stopped or killed goes on where it was. Replaced as a
 * whole and forced to disk: a crash leaves the old one or the new one. For one run at a time.
 */
public final class PositionFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final List<String> COUNTS = List.of("entries", "line", "published", "bad", "bad_bytes");

    private final Path file;
    private final Map<String, String> of;

    /**
     * @param of what the position belongs to, such as where it was published to and how ids were derived; must be the same
     *     when the run goes on
     */
    public PositionFile(Path file, Map<String, String> of) {
        this.file = file;
        this.of = new TreeMap<>(of);
    }

    /**
     * Where the last run stood; {@link Position#START} where there is no file yet.
     *
     * @throws IllegalArgumentException if the file is something else, or belongs to another backfill
     */
    public Position load() throws IOException {
        if (Files.notExists(file)) {
            return Position.START;
        }
        JsonNode json = json();
        if (!COUNTS.stream()
                        .allMatch(count -> json.path(count).canConvertToLong()
                                && json.path(count).isIntegralNumber()
                                && json.path(count).asLong() >= 0)
                || !json.path("digest").asText().matches("[0-9a-f]{1,16}")) {
            throw foreign();
        }
        for (Map.Entry<String, String> entry : of.entrySet()) {
            JsonNode named = json.path("of").path(entry.getKey());
            String then = named.asText("");
            // What an earlier version did not write is unknown, not different.
            if (!named.isMissingNode() && !then.equals(entry.getValue())) {
                throw new IllegalArgumentException("the position in " + file + " belongs to another backfill: its "
                        + entry.getKey() + " was '" + then + "' and is '" + entry.getValue()
                        + "' now; name another file, or remove this one to begin again");
            }
        }
        return new Position(
                json.path("entries").asLong(),
                json.path("line").asLong(),
                Long.parseUnsignedLong(json.path("digest").asText(), 16),
                json.path("published").asLong(),
                json.path("bad").asLong(),
                json.path("bad_bytes").asLong());
    }

    private JsonNode json() throws IOException {
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException noJson) {
            throw foreign();
        }
    }

    private IllegalArgumentException foreign() {
        return new IllegalArgumentException(
                file + " exists and is no position that 'usageflow publish --resume' wrote:" + " name another file");
    }

    void save(Position position) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("entries", position.entries())
                .put("line", position.line())
                .put("digest", Long.toHexString(position.digest()))
                .put("published", position.durable())
                .put("bad", position.bad())
                .put("bad_bytes", position.badBytes());
        ObjectNode belongs = json.putObject("of");
        of.forEach(belongs::put);
        PrivateFiles.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }
}
