package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.eventWithCost;
import static io.usageflow.sandbox.Bodies.newId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same control over HTTP as through the typed calls. */
class AdminIT extends SandboxFixture {
    @Override
    SandboxSeed seed() {
        return SandboxSeed.empty()
                .withVendor("openai")
                .withProduct("p", "P", PriceSpec.unit("message_completed", "USD", "0.50"))
                .withCustomer("acct_1", "p");
    }

    private String sendOne() {
        String id = newId();
        assertThat(submit("acct_1", eventWithCost(id, "openai", "0.16")).status())
                .isEqualTo(202);
        return id;
    }

    @Test
    void shouldShowTheTotals() {
        sendOne();
        sendOne();

        JsonNode stats = client.get("/__sandbox/stats").json();

        assertThat(stats.path("events").intValue()).isEqualTo(2);
        assertThat(stats.path("fees").path("USD").decimalValue()).isEqualByComparingTo("1");
        assertThat(stats.path("costs").path("USD").decimalValue()).isEqualByComparingTo("0.32");
        assertThat(stats.path("by_customer").path("acct_1").path("events").intValue())
                .isEqualTo(2);
        assertThat(stats.path("by_event_type")
                        .path("message_completed")
                        .path("events")
                        .intValue())
                .isEqualTo(2);
        assertThat(stats.path("by_vendor")
                        .path("openai")
                        .path("costs")
                        .path("USD")
                        .decimalValue())
                .isEqualByComparingTo("0.32");
        assertThat(stats.path("repeated_requests").isIntegralNumber()).isTrue();
        assertThat(stats.path("conflicting_content").isIntegralNumber()).isTrue();
        assertThat(stats.path("rejected").isIntegralNumber()).isTrue();
    }

    /**
     * Siblings: names of others, also as the target of the request line; pages of other sites; addresses and local
     * names.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/__sandbox/stats | Host: evil.example | 421",
                "/__sandbox/stats | Host: 127.0.0.1.evil.example:8090 | 421",
                "http://evil.example/__sandbox/stats | Host: evil.example | 421",
                "/__sandbox/stats | Host: 127.0.0.1~Origin: https://evil.example | 403",
                "/__sandbox/stats | Host: 127.0.0.1~Origin: null | 403",
                "/__sandbox/stats | Host: 127.0.0.1~Origin: http://localhost:3000 | 200",
                "/__sandbox/stats | Host: localhost | 200",
                "/__sandbox/stats | Host: sandbox:8090 | 200",
                "/__sandbox/stats | Host: [::1]:8090 | 200",
                "/customers | Host: credyt.example | 401",
            })
    void shouldBeControlledUnderItsOwnNamesOnly(String target, String headers, int status) throws Exception {
        try (var socket = new Socket(sandbox.url().getHost(), sandbox.url().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\n" + headers.replace("~", "\r\n")
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void shouldChangeOneOptionAndKeepTheOthers() {
        Client.Reply reply = client.patch("/__sandbox/options", "{\"answers\": {\"error_keys\": \"pascal\"}}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("answers").path("error_keys").asText()).isEqualTo("pascal");
        assertThat(sandbox.behaviour()).isEqualTo(Behaviour.DEFAULT.with("answers.error_keys", ErrorKeys.PASCAL));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"answers": {"success_status": 418}}    | success_status
                    {"answers": {"success_status": "202"}}  | answers.success_status
                    {"answers": {"batch_mode": "some"}}     | answers.batch_mode
                    {"answers": {"batch_mode": null}}       | batch_mode
                    {"limits": {"max_body_bytes": 0}}       | max_body_bytes
                    {"limits": {"max_bytes": 5}}            | max_bytes
                    {"answer": {}}                          | answer
                    """)
    void shouldNameAnOptionThatIsWrongAndChangeNothing(String patch, String named) {
        Client.Reply reply = client.patch("/__sandbox/options", patch);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").path("options").get(0).asText()).contains(named);
        assertThat(sandbox.behaviour()).isEqualTo(Behaviour.DEFAULT);
    }

    @Test
    void shouldInjectListAndRemoveFaults() {
        Client.Reply added = client.post("/__sandbox/faults", """
                {"route": "POST /events", "kind": "status", "status": 429, "retry_after": 2, "times": 1}""");
        assertThat(added.status()).isEqualTo(201);

        Client.Reply struck = submit("acct_1", event(newId()));

        assertThat(struck.status()).isEqualTo(429);
        assertThat(struck.response().headers().firstValue("Retry-After")).contains("2");
        JsonNode listed = client.get("/__sandbox/faults").json();
        assertThat(listed.get(0).path("struck").intValue()).isEqualTo(1);
        assertThat(client.delete("/__sandbox/faults/" + listed.get(0).path("id").asText())
                        .status())
                .isEqualTo(204);
        assertThat(client.get("/__sandbox/faults").json()).isEmpty();
        assertThat(client.delete("/__sandbox/faults/99").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                                      | kind
                    {"kind": "explode"}                                     | kind
                    {"kind": "status", "status": 418}                       | status
                    {"kind": "delay"}                                       | time_ms
                    {"kind": "delay", "time_ms": -1}                        | time_ms
                    {"kind": "drop", "moment": "later"}                     | moment
                    {"kind": "drop", "times": -1}                           | times
                    {"kind": "drop", "rate": 0}                             | rate
                    {"kind": "drop", "until": "soon"}                       | until
                    {"kind": "drop", "rout": "x"}                           | rout
                    {"kind": "drop", "route": "POST /event"}                | route
                    """)
    void shouldNameWhatIsWrongWithAFault(String rule, String field) {
        Client.Reply reply = client.post("/__sandbox/faults", rule);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").has(field)).as(reply.text()).isTrue();
        assertThat(sandbox.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"kind": "status", "status": 503, "retry_after": 2, "retry_after_form": "http_date"}
                    {"kind": "status", "status": 500, "moment": "after_commit", "rate": 0.5, "seed": 7}
                    {"kind": "delay", "time_ms": 5, "until": "2099-01-01T00:00:00Z"}
                    {"kind": "drop", "moment": "after_commit", "event_id": "x", "customer": "y"}
                    {"kind": "truncated_body"}
                    {"kind": "not_json"}
                    {"kind": "html"}
                    {"kind": "slow_body", "time_ms": 5}
                    {"kind": "no_answer"}
                    """)
    void shouldTakeEachKindOfFault(String rule) {
        assertThat(client.post("/__sandbox/faults", rule).status()).isEqualTo(201);
    }

    @Test
    void shouldPlayAnOutage() {
        assertThat(client.post("/__sandbox/outage/unavailable", "").status()).isEqualTo(204);
        assertThat(client.get("/customers").status()).isEqualTo(503);
        assertThat(client.post("/__sandbox/outage/none", "").status()).isEqualTo(204);
        assertThat(client.get("/customers").status()).isEqualTo(200);
        assertThat(client.post("/__sandbox/outage/sometimes", "").status()).isEqualTo(422);
    }

    @Test
    void shouldForgetAnEventAndGiveItsMoneyBack() {
        String id = sendOne();

        assertThat(client.delete("/__sandbox/events/" + id).status()).isEqualTo(204);

        assertThat(client.get("/events/" + id).status()).isEqualTo(404);
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("0");
        assertThat(sandbox.stats().costs().get("USD")).isEqualByComparingTo("0");
        assertThat(sandbox.stats().events()).isZero();
        assertThat(submit("acct_1", event(id)).status()).isEqualTo(202);
        assertThat(sandbox.stats().repeatedRequests()).isZero();
    }

    @Test
    void shouldDropTheFeesOfAnEvent() {
        String id = sendOne();

        assertThat(client.delete("/__sandbox/events/" + id + "/fees").status()).isEqualTo(204);

        assertThat(client.get("/events/" + id).json().path("fees")).isEmpty();
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("0");
    }

    @Test
    void shouldChangeFeeAndContentOfAnEvent() {
        String id = sendOne();

        Client.Reply reply = client.patch("/__sandbox/events/" + id, """
                {"fee": {"amount": 0.7, "asset": "USD"}, "content": {"data": {"total_tokens": 1}, "costs": []}}""");

        assertThat(reply.status()).isEqualTo(204);
        JsonNode event = client.get("/events/" + id).json();
        assertThat(event.path("data").path("total_tokens").intValue()).isEqualTo(1);
        assertThat(event.path("fees").get(0).path("amount").decimalValue()).isEqualByComparingTo("0.7");
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.7");
        assertThat(sandbox.stats().costs().get("USD")).isEqualByComparingTo("0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                     | content
                    {"content": {"id": "other"}}           | content
                    {"content": {"costs": [{}]}}           | content
                    {"fee": {"amount": "1"}}               | fee.amount
                    """)
    void shouldNotSpoilAnEventByAWrongChange(String change, String field) {
        String id = sendOne();
        String before = client.get("/events/" + id).text();

        Client.Reply reply = client.patch("/__sandbox/events/" + id, change);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").has(field)).as(reply.text()).isTrue();
        assertThat(client.get("/events/" + id).text()).isEqualTo(before);
    }

    @Test
    void shouldResetToTheSeed() {
        sendOne();
        client.post("/vendors", "{\"name\": \"late\", \"external_id\": \"late\"}");
        client.patch("/__sandbox/options", "{\"answers\": {\"success_status\": 200}}");
        client.post("/__sandbox/faults", "{\"kind\": \"drop\"}");

        assertThat(client.post("/__sandbox/reset", "").status()).isEqualTo(204);

        assertThat(sandbox.stats().events()).isZero();
        assertThat(sandbox.behaviour()).isEqualTo(Behaviour.DEFAULT);
        assertThat(client.get("/vendors?external_id=late").status()).isEqualTo(404);
        sendOne();
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.5");
    }

    @Test
    void shouldLoadASeed() {
        Client.Reply loaded =
                client.post("/__sandbox/seed", "{\"vendors\": [{\"name\": \"A\", \"external_id\": \"anthropic\"}]}");
        Client.Reply again =
                client.post("/__sandbox/seed", "{\"vendors\": [{\"name\": \"A\", \"external_id\": \"anthropic\"}]}");

        assertThat(loaded.status()).isEqualTo(204);
        assertThat(client.get("/vendors?external_id=anthropic").status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.text()).contains("vendors[0]", "already exists");
        assertThat(client.post("/__sandbox/seed", "{\"vendor\": []}").status()).isEqualTo(422);
    }

    @Test
    void shouldKeepTheNewestRequestsOnly() {
        client.patch("/__sandbox/options", "{\"limits\": {\"request_log\": 2}}");
        client.get("/customers");
        client.get("/vendors?offset=0");
        client.get("/events/none");

        JsonNode requests = client.get("/__sandbox/requests").json();

        assertThat(requests.path("newest"))
                .extracting(entry -> entry.path("path").asText())
                .containsExactly("/vendors?offset=0", "/events/none");
        assertThat(requests.path("counts").path("GET /customers 200").intValue())
                .isEqualTo(1);
        assertThat(requests.path("counts").path("GET /events/{id} 404").intValue())
                .isEqualTo(1);
    }

    @Test
    void shouldListIdsConflictsAndItsOwnRoutes() {
        String id = sendOne();
        submit("acct_1", event(id));

        assertThat(client.get("/__sandbox/event-ids").json())
                .extracting(JsonNode::asText)
                .containsExactly(id);
        assertThat(client.get("/__sandbox/conflicts").json().get(0).path("id").asText())
                .isEqualTo(id);
        assertThat(client.get("/__sandbox").json().path("routes"))
                .extracting(JsonNode::asText)
                .contains("POST /__sandbox/faults");
    }
}
