package io.usageflow.schema.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * The real Apicurio registry as a process, storing in memory. Fetched by Maven (158 MB, kept in the local repository) only
 * where a JDK that can run it is found; what is missing skips the test with one line.
 */
final class ApicurioServer implements AutoCloseable {
    private static final String ARTIFACT = "io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all";
    private static final int JAVA_LEAST = 21;
    private static final long FETCH_MINUTES_MAX = 10;
    private static final Duration READY_LIMIT = Duration.ofMinutes(3);

    private final Process process;
    private final int port;

    private ApicurioServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static ApicurioServer startOrSkip() throws IOException, InterruptedException {
        Path java = JavaHomes.atLeast(JAVA_LEAST)
                .orElseGet(() -> skip("no JDK " + JAVA_LEAST + " or newer found: set JDK21_HOME"));
        Path directory = unpackedOrSkip();
        int port = freePort();
        int managementPort = freePort();
        Path log = directory.resolveSibling("apicurio.log");
        Process process = new ProcessBuilder(
                        java.resolve("bin").resolve("java").toString(),
                        "-Xmx512m",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-Dquarkus.management.host=127.0.0.1",
                        "-Dquarkus.management.port=" + managementPort,
                        "-jar",
                        "quarkus-run.jar")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        ApicurioServer server = new ApicurioServer(process, port);
        try {
            Awaitility.await("Apicurio, see " + log)
                    .atMost(READY_LIMIT)
                    .until(() -> isReady(managementPort) || !process.isAlive());
            if (!process.isAlive()) {
                throw new IllegalStateException("Apicurio ended with code " + process.exitValue() + ", see " + log);
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static Path unpackedOrSkip() throws IOException, InterruptedException {
        Path build = Path.of(setting("usageflow.build.directory"));
        Path directory = build.resolve("apicurio");
        if (!Files.exists(directory.resolve("quarkus-run.jar"))) {
            fetchOrSkip(directory, build.resolve("apicurio-fetch.log"));
        }
        return directory;
    }

    /** From a directory of its own, so that Maven looks at no project and a cut fetch leaves nothing half unpacked. */
    private static void fetchOrSkip(Path directory, Path log) throws IOException, InterruptedException {
        Path fetch = directory.resolveSibling("apicurio-fetch");
        Utils.delete(fetch.toFile());
        Files.createDirectories(fetch);
        List<String> command = List.of(
                Path.of(setting("usageflow.maven.home"), "bin", "mvn").toString(),
                "--batch-mode",
                setting("usageflow.maven.mode").equals("offline=true") ? "--offline" : "--no-transfer-progress",
                "-Dmaven.repo.local=" + setting("usageflow.maven.repository"),
                "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack",
                "-Dartifact=" + ARTIFACT,
                "-DoutputDirectory=" + fetch.resolve("unpacked"));
        Process maven = new ProcessBuilder(command)
                .directory(fetch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!maven.waitFor(FETCH_MINUTES_MAX, TimeUnit.MINUTES)) {
                skip("Maven did not fetch " + ARTIFACT + " within " + FETCH_MINUTES_MAX + " minutes, see " + log);
            }
        } finally {
            maven.destroyForcibly().waitFor();
        }
        if (maven.exitValue() != 0) {
            skip("Maven could not fetch " + ARTIFACT + " (offline?), see " + log);
        }
        Files.move(fetch.resolve("unpacked"), directory);
        Utils.delete(fetch.toFile());
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // It never returns, so that any type fits.
    private static <T> T skip(String why) {
        System.out.println("Skipped, the real registry server is not tried: " + why);
        Assumptions.abort(why);
        throw new IllegalStateException("abort always throws");
    }

    private static String setting(String name) {
        String value = System.getProperty(name);
        return value == null ? skip(name + " is not set: run by Maven") : value;
    }

    private static boolean isReady(int managementPort) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
