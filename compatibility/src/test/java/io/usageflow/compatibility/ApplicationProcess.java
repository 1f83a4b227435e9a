package io.usageflow.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** An application in a JVM and on a class path of its own. */
final class ApplicationProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final ApplicationClassPath classPath;
    private final Path log;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private ApplicationProcess(ApplicationClassPath classPath, Path log, Process process) {
        this.classPath = classPath;
        this.log = log;
        this.process = process;
    }

    static ApplicationProcess start(ApplicationClassPath classPath, Path folder, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath.text(),
                main));
        command.addAll(arguments);
        Path log = folder.resolve(classPath.name() + ".log");
        try {
            return new ApplicationProcess(
                    classPath,
                    log,
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return classPath.name();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitLog(String text) {
        Awaitility.await(name() + " logs '" + text + "'")
                .atMost(LIMIT)
                .until(() -> log().contains(text) || !process.isAlive());
        if (!log().contains(text)) {
            throw new AssertionError(name() + " ended without '" + text + "': " + log());
        }
    }

    /** Waits until it serves. */
    int port() {
        awaitLog("Tomcat started on port");
        Matcher started = PORT.matcher(log());
        if (!started.find()) {
            throw new AssertionError(log());
        }
        return Integer.parseInt(started.group(1));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET()).join();
    }

    CompletableFuture<HttpResponse<String>> post(String path, String json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(LIMIT);
    }

    private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** SIGTERM, as a platform sends it. */
    void terminate() {
        process.destroy();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitCode() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name() + " still runs: " + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
    }
}
