package io.usageflow.forwarder.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.json.ReportJson;
import io.usageflow.schema.file.PrivateFiles;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Keeps a {@link Position} on disk, so that a backfill that was stopped or killed can be resumed. The file is replaced
 * as a whole and forced to disk: a crash leaves the old one or the new one. For one run at a time.
 */
public final class PositionFile {
    private final Path file;
    private final Map<String, String> of;

    /**
     * @param of the identity of the backfill, such as its topic and how ids are derived; a resumed run must have the
     *     same
     */
    public PositionFile(Path file, Map<String, String> of) {
        this.file = file;
        this.of = new TreeMap<>(of);
    }

    /**
     * Returns the position of the last run; {@link Position#START} without a file.
     *
     * @throws IllegalArgumentException if the file is no position, or belongs to another backfill
     */
    public Position load() throws IOException {
        if (Files.notExists(file)) {
            return Position.START;
        }
        Content content = content();
        Map<String, String> noted = content.of.orElse(Map.of());
        for (Map.Entry<String, String> entry : of.entrySet()) {
            String then = noted.get(entry.getKey());
            // An entry that an earlier version did not write is unknown, not different.
            if (then != null && !then.equals(entry.getValue())) {
                throw new IllegalArgumentException("the position in " + file + " belongs to another backfill: its "
                        + entry.getKey() + " was '" + then + "' and is '" + entry.getValue()
                        + "' now; name another file, or remove this one to begin again");
            }
        }
        return new Position(
                content.entries,
                content.line,
                Long.parseUnsignedLong(content.digest, 16),
                content.published,
                content.bad,
                content.badBytes);
    }

    /**
     * The file's fields.
     *
     * @param digest in hexadecimal
     */
    private record Content(
            long entries,
            long line,
            String digest,
            long published,
            long bad,
            long badBytes,
            Optional<Map<String, String>> of) {
        boolean isOurs() {
            return digest.matches("[0-9a-f]{1,16}")
                    && LongStream.of(entries, line, published, bad, badBytes).allMatch(count -> count >= 0);
        }
    }

    private Content content() throws IOException {
        try {
            Content content = ReportJson.read(Files.readString(file), Content.class);
            if (content != null && content.isOurs()) {
                return content;
            }
        } catch (JsonProcessingException | CharacterCodingException noJson) {
            throw foreign();
        }
        throw foreign();
    }

    private IllegalArgumentException foreign() {
        return new IllegalArgumentException(
                file + " exists and is no position that 'usageflow publish --resume' wrote: name another file");
    }

    void save(Position position) throws IOException {
        var content = new Content(
                position.entries(),
                position.line(),
                Long.toHexString(position.digest()),
                position.durable(),
                position.bad(),
                position.badBytes(),
                Optional.of(of));
        PrivateFiles.replace(file, ReportJson.indented(content).getBytes(UTF_8));
    }
}
