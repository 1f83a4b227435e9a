package io.usageflow.cli.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of events, priced by the sandbox and by the estimate, without Kafka. */
class SimulateCommandIT {
    private static final String TOKENS = "{\"total_tokens\":1500}";

    @TempDir
    Path folder;

    @AutoClose
    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.defaults().withApiKeys("dev"));

    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void sellAssistants() {
        sandbox.createProduct(
                "assistant", PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"));
        sandbox.createProduct("images", PriceSpec.unit("image_generated", "USD", "0.04"));
    }

    @Test
    void shouldPriceAFileBothWaysAndLeaveNothingAtCredyt() throws Exception {
        for (int i = 0; i < 120; i++) {
            event("message_completed", TOKENS);
        }
        event("image_generated", "{}");
        lines.add(lines.get(0));

        var run = new CommandRun();
        int exit = run.run(simulate());

        assertThat(exit).describedAs(run::err).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("121 events, priced by assistant, version 1; images, version 1")
                .containsPattern("EQUAL +message_completed +120 +1.8 USD +1.8 USD +line 1, e-0")
                .containsPattern("EQUAL +image_generated +1 +0.04 USD +0.04 USD +line 121, e-120")
                .contains("agree on every event");
        assertThat(sandbox.stats().events()).isZero();
        assertThat(sandbox.requests().counts())
                .as("50 events in a request")
                .containsEntry("POST /products/{id}/{version}/simulate-usage 200", 6L);
    }

    @Test
    void shouldShowWhatIsNotBilledAndWhatIsNoEvent() throws Exception {
        event("message_completed", TOKENS);
        event("mesage_completed", TOKENS);
        event("message_completed", "{\"total_token\":1500}");
        event("session_started", "{}");
        lines.add("{\"event_type\":\"x\"}");

        var run = new CommandRun();
        int exit = run.run(simulate("--json", "--free", "session_started"));

        assertThat(exit).isEqualTo(ExitCode.PROBLEMS);
        assertThat(run.err()).contains("line 5: ");
        JsonNode report = new ObjectMapper().readTree(run.out());
        assertThat(report.path("events").asInt()).isEqualTo(4);
        assertThat(report.path("bad_lines").asInt()).isEqualTo(1);
        assertThat(report.path("rows"))
                .extracting(row -> row.path("result").textValue() + " "
                        + row.path("event_type").textValue() + " "
                        + row.path("cause").asText("-") + " "
                        + row.path("simulated").path("USD").asText("-"))
                .containsExactlyInAnyOrder(
                        "NOT_BILLED mesage_completed NO_PRICE_FOR_EVENT_TYPE -",
                        "NOT_BILLED message_completed VOLUME_MISSING -",
                        "EQUAL message_completed - 0.015",
                        "FREE session_started - -");
    }

    /** One refused event of a request takes no other with it. */
    @Test
    void shouldFindTheEventForWhichCredytRefusesTheRequest() throws Exception {
        sandbox.change("rules.missing_volume", MissingVolume.UNPROCESSABLE);
        for (int i = 0; i < 20; i++) {
            event("message_completed", i == 7 ? "{}" : TOKENS);
        }

        var run = new CommandRun();
        int exit = run.run(simulate("--product", "assistant"));

        assertThat(exit).isEqualTo(ExitCode.PROBLEMS);
        assertThat(run.out())
                .containsPattern("EQUAL +message_completed +19 +0.285 USD +0.285 USD")
                .containsPattern("UNDECIDED +message_completed +1 +- +- +line 8, e-7");
        assertThat(run.err()).contains("product assistant refuses events: HTTP 422");
    }

    @Test
    void shouldSayThatAnAnswerIsNotUnderstoodAndAskNoMore() throws Exception {
        for (int i = 0; i < 60; i++) {
            event("image_generated", "{}");
        }
        sandbox.inject(
                FaultRule.always(FaultMatch.route("POST /products/{id}/{version}/simulate-usage"), Fault.status(404)));

        var run = new CommandRun();
        int exit = run.run(simulate("--product", "images:1"));

        assertThat(exit).isEqualTo(ExitCode.PROBLEMS);
        assertThat(run.out()).containsPattern("UNDECIDED +image_generated +60 +2.4 USD +-");
        assertThat(run.err()).contains("simulation of product images does not exist");
        assertThat(sandbox.requests().counts().get("POST /products/{id}/{version}/simulate-usage 404"))
                .isLessThan(10);
    }

    @Test
    void shouldUseTheGuidesPathWhereTheOtherIsMissing() throws Exception {
        event("image_generated", "{}");
        sandbox.inject(
                FaultRule.always(FaultMatch.route("POST /products/{id}/{version}/simulate-usage"), Fault.status(404)));

        var run = new CommandRun();

        assertThat(run.run(simulate())).describedAs(run::err).isEqualTo(ExitCode.OK);
        assertThat(sandbox.requests().counts()).containsEntry("POST /products/{id}/simulate 200", 2L);
    }

    /** A Credyt that rounds to cents, writes decimal noise, and answers in another form than the sandbox. */
    @Test
    void shouldShowWhereCredytSimulatesOtherFees() throws Exception {
        event("message_completed", "{\"total_tokens\":2000}");
        event("message_completed", TOKENS);
        event("image_generated", "{}");
        JsonNode products = new ObjectMapper().readTree(get("/products"));
        HttpServer credyt = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(credyt, "/products", products.toString());
        for (JsonNode product : products.path("items")) {
            String path = "/products/" + product.path("id").textValue();
            boolean tokens = product.path("code").textValue().equals("assistant");
            answer(credyt, path, product.toString());
            answer(
                    credyt,
                    path + "/1/simulate-usage",
                    tokens
                            ? "{\"items\": [{\"fees\": [{\"amount\": 0.020000000000000004, \"currency\": \"USD\"}]},"
                                    + " {\"fees\": [{\"amount\": 0.02, \"currency\": \"USD\"}]}, {\"fees\": []}]}"
                            : "{\"items\": [{\"fees\": []}, {\"fees\": []}, {\"fees\": []}]}");
        }
        credyt.start();
        try {
            var run = new CommandRun();
            int exit = run.run(simulate(
                    "--set",
                    "credyt.url=http://127.0.0.1:" + credyt.getAddress().getPort()));

            assertThat(exit).describedAs(run::err).isEqualTo(ExitCode.PROBLEMS);
            assertThat(run.out())
                    .containsPattern("DIFFERENT +message_completed +1 +0.015 USD +0.02 USD +line 2, e-1")
                    .contains("line 2: the estimate is 0.015 USD, Credyt simulates 0.02 USD")
                    .containsPattern("DIFFERENT +image_generated +1 +0.04 USD +- +line 3, e-2")
                    .contains("line 3: the estimate is 0.04 USD, Credyt simulates no fee")
                    .containsPattern("EQUAL +message_completed +1 +0.02 USD");
        } finally {
            credyt.stop(0);
        }
    }

    private String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(sandbox.url() + path))
                                .header("X-CREDYT-API-KEY", "dev")
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void answer(HttpServer server, String path, String json) {
        server.createContext(path, exchange -> {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @Test
    void shouldRefuseAProductThatCredytDoesNotHave() throws Exception {
        event("image_generated", "{}");

        var run = new CommandRun();

        assertThat(run.run(simulate("--product", "assistent"))).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("Credyt has no product assistent", "assistant");
        var version = new CommandRun();
        assertThat(version.run(simulate("--product", "images:7"))).isEqualTo(ExitCode.USAGE);
        assertThat(version.err()).contains("product images has no version 7");
    }

    @Test
    void shouldReadCsvAsPublishDoes() throws IOException {
        Path csv = Files.writeString(folder.resolve("usage.csv"), "who,tokens\nacct_7,3000\n");

        var run = new CommandRun();
        int exit = run.run(
                "simulate",
                "--input",
                csv.toString(),
                "--csv-mapping",
                "event_type='message_completed',account_id=who,data.total_tokens=tokens:long",
                "--set",
                "credyt.url=" + sandbox.url(),
                "--set",
                "credyt.api.key=dev");

        assertThat(exit).describedAs(run::err).isEqualTo(ExitCode.OK);
        assertThat(run.out()).containsPattern("EQUAL +message_completed +1 +0.03 USD +0.03 USD");
    }

    private void event(String type, String data) {
        lines.add("{\"id\":\"e-%d\",\"event_type\":\"%s\",\"account_id\":\"acct_1\",\"data\":%s}"
                .formatted(lines.size(), type, data));
    }

    private String[] simulate(String... more) throws IOException {
        Path file = Files.write(folder.resolve("usage.jsonl"), lines);
        List<String> all = new ArrayList<>(List.of(
                "simulate",
                "--input",
                file.toString(),
                "--set",
                "credyt.url=" + sandbox.url(),
                "--set",
                "credyt.api.key=dev"));
        all.addAll(List.of(more));
        return all.toArray(new String[0]);
    }
}
