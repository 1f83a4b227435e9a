package io.usageflow.forwarder.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** {@link PublishingMain} in a process of its own, and what it wrote down. */
final class PublishingProcess implements AutoCloseable {
    private final Process process;
    private final Path notes;
    private final Path log;

    private PublishingProcess(Process process, Path notes, Path log) {
        this.process = process;
        this.notes = notes;
        this.log = log;
    }

    static PublishingProcess launch(Path folder, String prefix, Map<String, String> settings) throws IOException {
        Path notes = folder.resolve(prefix + ".notes");
        Path log = folder.resolve(prefix + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                PublishingMain.class.getName(),
                notes.toString(),
                prefix));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        return new PublishingProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                notes,
                log);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean hasConfirmed() {
        return Files.exists(notes) && lines().stream().anyMatch(line -> line.startsWith("c "));
    }

    List<String> tried() {
        return ids(line -> line.startsWith("t "));
    }

    List<String> confirmed() {
        return ids(line -> line.startsWith("c "));
    }

    List<String> failed() {
        return lines().stream().filter(line -> line.startsWith("f ")).toList();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGKILL; returns when the process is gone. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> ids(Predicate<String> which) {
        return lines().stream().filter(which).map(line -> line.substring(2)).toList();
    }

    /** Whole ones only. */
    private List<String> lines() {
        try {
            if (!Files.exists(notes)) {
                return List.of();
            }
            String all = Files.readString(notes);
            return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
