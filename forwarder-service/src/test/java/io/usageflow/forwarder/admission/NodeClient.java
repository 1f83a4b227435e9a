package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The sample of docs/other-languages/node with its packages, in a folder under target that later runs use again. */
final class NodeClient {
    private static final Path SAMPLE = Path.of("..", "docs", "other-languages", "node");
    private static final long LIMIT_SECONDS = 90;
    /** Set where the absence of Node is a fault. */
    private static final boolean REQUIRED = Boolean.getBoolean("usageflow.node.required");

    private final Path folder;

    private NodeClient(Path folder) {
        this.folder = folder;
    }

    /** What a process came to. */
    record Ran(int exitCode, String out, String err) {}

    /** Skips the test in one line where there is no Node, no npm, or no registry of packages. */
    static NodeClient installed() {
        Path folder = Path.of("target", "other-languages", "node").toAbsolutePath();
        try {
            Files.createDirectories(folder);
            need("node", run(folder, "", List.of("node", "--version")));
            need("npm", run(folder, "", List.of("npm", "--version")));
            boolean known = Files.exists(folder.resolve("node_modules").resolve("kafkajs"))
                    && Files.mismatch(SAMPLE.resolve("package-lock.json"), folder.resolve("package-lock.json")) < 0;
            try (var files = Files.list(SAMPLE)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            if (!known) {
                need(
                        "the npm registry",
                        run(
                                folder,
                                "",
                                List.of(
                                        "npm",
                                        "ci",
                                        "--ignore-scripts",
                                        "--no-audit",
                                        "--no-fund",
                                        "--fetch-retries=2",
                                        "--fetch-retry-mintimeout=500",
                                        "--fetch-retry-maxtimeout=2000",
                                        "--fetch-timeout=15000")));
            }
            return new NodeClient(folder);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    private static void need(String what, Optional<Ran> ran) {
        boolean there = ran.map(Ran::exitCode).orElse(-1) == 0;
        if (!there && REQUIRED) {
            throw new AssertionError(
                    what + " is needed here: " + ran.map(Ran::err).orElse("not on the path, or no answer in time"));
        }
        if (!there) {
            System.out.println("left out: NodeProducerIT needs " + what + ", which does not answer here");
        }
        Assumptions.assumeTrue(there, what + " does not answer here");
    }

    /** Runs a script of the sample. */
    Ran run(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(arguments));
        try {
            return run(folder, input, command).orElseThrow(() -> new AssertionError("no end in time: " + command));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Empty where there is no such program, or no end in time. */
    private static Optional<Ran> run(Path folder, String input, List<String> command) throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Path in = Files.writeString(Files.createTempFile(folder, "in", ".txt"), input);
        try {
            Process process;
            try {
                process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
            } catch (IOException absent) {
                return Optional.empty();
            }
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            return Optional.of(
                    new Ran(process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8)));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stopped);
        } finally {
            Files.delete(out);
            Files.delete(err);
            Files.delete(in);
        }
    }
}
