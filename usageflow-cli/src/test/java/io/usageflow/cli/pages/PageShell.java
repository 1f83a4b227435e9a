package io.usageflow.cli.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.Http;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shell in which a page's commands run: {@code usageflow} in this JVM, and as much of {@code curl} as the pages need,
 * against the forwarder and the stand-in that {@code usageflow dev} has started here. Not thread-safe.
 */
final class PageShell implements AutoCloseable {
    static final Duration SOON = Duration.ofMinutes(3);
    /** Of the process; each stage has a word of its own further in. */
    static final String READY = "{\"live\":true,\"ready\":true";

    private final Path folder;
    private final CommandRun dev = new CommandRun();
    private final CompletableFuture<Integer> devEnded = new CompletableFuture<>();
    private final Map<String, String> environment = new HashMap<>();
    /** What the page says, and what stands in its place here: ports, files and words in capitals. */
    private final Map<String, String> replaced = new LinkedHashMap<>();

    private final String credyt;

    /** What a command has printed, and its exit code. */
    record Ran(int exitCode, String out, String err) {
        String output() {
            return out + err;
        }
    }

    /**
     * Starts the forwarder and the rest, on free ports.
     *
     * @param folder of the files
     * @param start the page's command: variables, and {@code usageflow dev} with its options
     * @param more variables of the process
     */
    PageShell(Path folder, String start, Map<String, String> more) {
        this.folder = folder;
        Map<String, String> variables = new HashMap<>(more);
        List<String> words = new ArrayList<>(RunbookPage.words(start));
        while (words.get(0).contains("=")) {
            String[] variable = words.remove(0).split("=", 2);
            variables.put(variable[0], variable[1]);
        }
        words.remove("usageflow");
        words.addAll(List.of("--broker-port", "0", "--registry-port", "0", "--sandbox-port", "0", "--admin-port", "0"));
        dev.with(variables);
        Thread thread = new Thread(() -> devEnded.complete(dev.run(words.toArray(new String[0]))), "dev");
        thread.setDaemon(true);
        thread.start();
        await().atMost(SOON).until(() -> devEnded.isDone() || dev.out().contains("Ctrl-C"));
        credyt = found("Credyt stand-in +(\\S+)");
        String admin = found("forwarder +(\\S+)/health/ready");
        environment.put("USAGEFLOW_KAFKA_BOOTSTRAP_SERVERS", found("Kafka broker +(\\S+)"));
        environment.put("USAGEFLOW_SCHEMA_REGISTRY_URL", found("schema registry +(\\S+)"));
        environment.put("USAGEFLOW_CREDYT_URL", credyt);
        environment.put("USAGEFLOW_CREDYT_API_KEY", "dev");
        environment.put("USAGEFLOW_ADMIN_PORT", admin.replaceAll(".*:", ""));
        environment.put("USAGEFLOW_STATE_DIR", folder.resolve("state").toString());
        replaced.put("http://127.0.0.1:8080", admin);
        replaced.put("http://127.0.0.1:8090", credyt);
        await().atMost(SOON).until(() -> Http.get(admin + "/health/ready").contains(READY));
    }

    private String found(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(dev.out());
        assertThat(matcher.find())
                .as("%s in %s", pattern, dev.out() + dev.err())
                .isTrue();
        return matcher.group(1);
    }

    /** The stand-in's address. */
    String credyt() {
        return credyt;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Replaces a word of the page, such as {@code EVENT_ID}. */
    void replace(String word, String value) {
        replaced.put(word, value);
    }

    /** Writes a file that the page's commands name, or names one that they make. */
    void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        fileNames(name);
    }

    /** Names files that the page's commands make. */
    void fileNames(String... names) {
        for (String name : names) {
            replaced.put(name, folder.resolve(name).toString());
        }
    }

    /** Runs a command as a page has it. */
    Ran run(String command) throws Exception {
        List<String> words = new ArrayList<>();
        for (String word : RunbookPage.words(command)) {
            words.add(here(word));
        }
        String program = words.remove(0);
        if (program.equals("curl")) {
            return curl(words);
        }
        assertThat(program).isEqualTo("usageflow");
        var run = new CommandRun().with(environment);
        int exitCode = run.run(words.toArray(new String[0]));
        return new Ran(exitCode, run.out(), run.err());
    }

    private String here(String word) {
        String here = word;
        for (Map.Entry<String, String> each : replaced.entrySet()) {
            // A file's name is a word of its own; an address or an id may have more around it.
            boolean isPart = each.getKey().startsWith("http")
                    || each.getKey().equals(each.getKey().toUpperCase(Locale.ROOT));
            here = isPart
                    ? here.replace(each.getKey(), each.getValue())
                    : here.equals(each.getKey()) || here.equals("@" + each.getKey())
                            ? here.replace(each.getKey(), each.getValue())
                            : here;
        }
        return here;
    }

    /** With {@code --data} it sends POST and a form's type unless the command says otherwise, as curl does. */
    private static Ran curl(List<String> words) throws IOException, InterruptedException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        Optional<String> method = Optional.empty();
        Optional<String> body = Optional.empty();
        String url = "";
        for (int at = 0; at < words.size(); at++) {
            switch (words.get(at)) {
                case "-s" -> {}
                case "-sX" -> method = Optional.of(words.get(++at));
                case "-H" -> {
                    String[] header = words.get(++at).split(": ", 2);
                    headers.put(header[0], header[1]);
                }
                case "--data" -> body = Optional.of(data(words.get(++at)));
                default -> url = words.get(at);
            }
        }
        if (body.isPresent()) {
            headers.putIfAbsent("Content-Type", "application/x-www-form-urlencoded");
        }
        return new Ran(
                0,
                answer(method.orElse(body.isPresent() ? "POST" : "GET"), url, headers, body.orElse(""))
                        .body(),
                "");
    }

    /** A file's lines are joined, as curl does without {@code --data-binary}. */
    private static String data(String word) throws IOException {
        return word.startsWith("@")
                ? Files.readString(Path.of(word.substring(1))).replaceAll("[\r\n]", "")
                : word;
    }

    /** Sends a request to the stand-in. Returns the body of a good answer. */
    String send(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = answer(
                method, credyt + path, Map.of("Content-Type", "application/json", "X-CREDYT-API-KEY", "dev"), body);
        assertThat(answer.statusCode())
                .as(method + " " + path + " " + answer.body())
                .isLessThan(300);
        return answer.body();
    }

    private static HttpResponse<String> answer(String method, String url, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        headers.forEach(request::header);
        return HttpClient.newHttpClient()
                .send(request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** Stops the forwarder and the rest. */
    @Override
    public void close() {
        dev.stop();
        await().atMost(SOON).until(devEnded::isDone);
    }
}
