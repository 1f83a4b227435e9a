package io.usageflow.forwarder.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The files of ids that a test has come across, so that it can show that it crossed many. */
final class IndexFiles {
    private final Path stateDir;
    private final Set<Path> seen = new HashSet<>();

    IndexFiles(Path stateDir) {
        this.stateDir = stateDir;
    }

    /** To be called while no process writes. A merged file is another one. */
    void note() throws IOException {
        try (Stream<Path> files = Files.walk(stateDir)) {
            files.filter(file -> file.toString().endsWith(".ids")).forEach(seen::add);
        }
    }

    Set<Path> seen() {
        return seen;
    }
}
