package io.usageflow.sandbox;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends every request of Credyt's public collection ({@code credyt/learn}, in Bruno's format) as it is, except for the
 * address. The collection has no licence that lets this repository have a copy, so the test runs where one is:
 * {@code -Dusageflow.collection=learn/bruno/credyt-api}.
 */
class CollectionWalkIT {
    /** They name vendors and customers of Credyt's own test account, which no other account has. */
    private static final List<String> OF_ANOTHER_ACCOUNT = List.of(
            "Features/Customers/Get Customer Stats",
            "Features/Vendors/Get Vendor Details",
            "Features/Vendors/Get Vendor Stats");

    private static final int REQUESTS = 74;

    private final Map<String, String> variables = new HashMap<>();

    /** As {@code usageflow sandbox} starts it, with and without {@code --strict}. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeEveryRequestOfTheCollection(boolean strict) throws IOException {
        String folder = System.getProperty("usageflow.collection", "");
        assumeTrue(Files.isDirectory(Path.of(folder).resolve("Quickstart")), "the collection is not here");
        SandboxOptions options = strict ? SandboxOptions.defaults().withSeed(SandboxSeed.dev()) : SandboxOptions.dev();
        try (CredytSandbox sandbox = CredytSandbox.start(options)) {
            Client client = new Client(sandbox.url());
            variables.putAll(BruFile.read(Path.of(folder, "environments", "test.bru"), "")
                    .pairs("vars"));
            variables.put("credytApiUrl", sandbox.url().toString());
            Map<String, Integer> refused = new LinkedHashMap<>();
            List<BruFile> requests = requests(Path.of(folder));
            for (BruFile request : requests) {
                Client.Reply reply = send(client, request);
                if (reply.status() >= 300) {
                    refused.put(request.name(), reply.status());
                }
                remember(request, reply);
            }

            assertThat(requests).hasSize(REQUESTS);
            assertThat(refused.keySet()).containsExactlyInAnyOrderElementsOf(OF_ANOTHER_ACCOUNT);
            assertThat(refused.values()).containsOnly(404);
            assertThat(sandbox.stats().fees()).containsKeys("USD", "IMG");
        }
    }

    /** Folder by folder, the quickstart first, since later requests use what it made; in a folder, creations first. */
    private static List<BruFile> requests(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".bru")).toList();
            List<BruFile> requests = new ArrayList<>();
            for (Path file : found) {
                BruFile request =
                        BruFile.read(file, folder.relativize(file).toString().replaceAll("\\.bru$", ""));
                if (request.method() != null) {
                    requests.add(request);
                }
            }
            requests.sort(comparing((BruFile request) -> !request.name().startsWith("Quickstart/"))
                    .thenComparing(request -> !request.name().startsWith("Tutorials/"))
                    .thenComparing(BruFile::folder)
                    .thenComparing(request -> request.folder().startsWith("Features/")
                            && !request.name().contains("/Create "))
                    .thenComparing(
                            request -> Integer.parseInt(request.pairs("meta").getOrDefault("seq", "0")))
                    .thenComparing(BruFile::name));
            return requests;
        }
    }

    private Client.Reply send(Client client, BruFile request) {
        String script = request.block("script:pre-request");
        for (String random : List.of("customerExternalId", "connectedAccountExternalId")) {
            if (script.contains("setVar(\"" + random + "\"")) {
                variables.put(random, Bodies.newId().replace("-", ""));
            }
        }
        if (script.contains("setVar(\"eventId\"")) {
            variables.put("eventId", Bodies.newId());
        }
        Map<String, String> here = new HashMap<>(variables);
        here.putAll(request.pairs("vars:pre-request"));
        String body = filled(request.block("body:json"), here);
        String method = request.method();
        String url = filled(request.pairs(method).get("url"), here);
        var sent = client.request(url.substring(variables.get("credytApiUrl").length()))
                .method(
                        method.toUpperCase(java.util.Locale.ROOT),
                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try {
            var response = client.sendRaw(sent);
            return new Client.Reply(response.statusCode(), "", response.body(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(request.name(), e);
        }
    }

    private static String filled(String text, Map<String, String> variables) {
        return Pattern.compile("\\{\\{(\\$?\\w+)}}").matcher(text).replaceAll(found -> {
            String value =
                    switch (found.group(1)) {
                        case "$randomUUID", "$guid" -> Bodies.newId();
                        case "$isoTimestamp" -> "2026-01-31T12:00:00.123Z";
                        case "$randomFullName", "$randomCompanyName" -> "Ada Lovelace";
                        case "$randomEmail" -> "ada@example.com";
                        default -> variables.get(found.group(1));
                    };
            assertThat(value).as("the variable %s", found.group(1)).isNotNull();
            return Matcher.quoteReplacement(value);
        });
    }

    /** What the request's own script keeps of the response. */
    private void remember(BruFile request, Client.Reply reply) {
        if (reply.status() >= 300) {
            return;
        }
        String script = request.block("script:post-response");
        Matcher kept = Pattern.compile("setEnvVar\\(\"(\\w+)\", responseJson\\.([\\w.\\[\\]]+)\\)")
                .matcher(script);
        while (kept.find()) {
            JsonNode value = reply.json()
                    .at("/" + kept.group(2).replaceAll("[.\\[]", "/").replace("]", ""));
            // A list may be empty: its script looks before it takes the first.
            if (kept.group(2).startsWith("items") && reply.json().path("items").isEmpty()) {
                continue;
            }
            assertThat(value.isMissingNode())
                    .as("%s: %s", request.name(), kept.group(2))
                    .isFalse();
            variables.put(kept.group(1), value.asText());
        }
        if (script.contains("split('token=')[1]")) {
            assertThat(reply.json().path("redirect_url").asText().split("token="))
                    .as(request.name())
                    .hasSize(2);
        }
        if (request.block("script:pre-request").contains("setEnvVar(\"assetCode\"")) {
            variables.put("assetCode", reply.json().path("code").asText());
        }
    }

    /** A file of the collection: blocks that begin with a name and a brace, and end with a brace in the first column. */
    private record BruFile(String name, Map<String, String> blocks) {
        private static final Pattern BLOCK = Pattern.compile("(?ms)^([\\w:-]+) \\{\\n(.*?)^}");

        static BruFile read(Path file, String name) throws IOException {
            Map<String, String> blocks = new HashMap<>();
            Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.UTF_8));
            while (block.find()) {
                blocks.put(block.group(1), block.group(2));
            }
            return new BruFile(name, blocks);
        }

        String folder() {
            return name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
        }

        String block(String blockName) {
            return blocks.getOrDefault(blockName, "");
        }

        /** The lines {@code key: value} of a block. */
        Map<String, String> pairs(String blockName) {
            Map<String, String> pairs = new HashMap<>();
            block(blockName)
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.contains(": "))
                    .forEach(line -> {
                        String[] pair = line.split(": ", 2);
                        pairs.put(pair[0], pair[1]);
                    });
            return pairs;
        }

        /** The name of its block; null in a file that has no request. */
        String method() {
            return Stream.of("get", "post", "patch")
                    .filter(blocks::containsKey)
                    .findFirst()
                    .orElse(null);
        }
    }
}
