package io.usageflow.forwarder.publish.line;

import java.io.IOException;
import java.util.Optional;

/** Events one after the other. Not thread-safe. */
public interface LineSource {
    /**
     * Reads the next line.
     *
     * @return the next line that is not blank, or nothing at the end
     * @throws IOException if the input itself fails; a bad line is no failure
     */
    Optional<ParsedLine> next() throws IOException;

    /** What must stand before lines of it so that they can be read by themselves; empty where nothing must. */
    default Optional<String> header() {
        return Optional.empty();
    }
}
