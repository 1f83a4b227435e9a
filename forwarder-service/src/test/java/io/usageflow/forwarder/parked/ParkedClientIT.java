package io.usageflow.forwarder.parked;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import io.usageflow.forwarder.parked.ParkedDocument.WaitsFor;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against servers that answer as forwarders do, and as they should not. */
class ParkedClientIT {
    private static final String HERE = """
            {"as_of":"2026-11-23T10:00:00Z",
             "scope":{"detail":"x","complete":false,"partitions":[%s],"partitions_in_all":4,"unreadable":[%s]},
             "totals":{"events":%d,"accounts":1,"oldest_since":"%s","oldest_age_seconds":9},"limit":100,
             "accounts":[{"account":"%s","partition":0,"events":%d,"oldest_since":"%s","oldest_age_seconds":9,
                          "waits_for":{"link":"%s","name":"%s"}}]}""";

    private final List<Javalin> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(Javalin::stop);
    }

    @Test
    void shouldPutTheAnswersOfAllInstancesTogether() {
        URI first = answering(200, here("0,1", "", 3, "2026-11-23T09:00:00Z", "acct_1", "customer", "acct_1"));
        URI second = answering(
                200,
                here(
                        "2",
                        "{\"partition\":3,\"why\":\"is being restored\"}",
                        4,
                        "2026-11-23T08:00:00Z",
                        "acct_2",
                        "vendor",
                        "openai"));

        ParkedOverview overview = overview(first, second);

        assertThat(overview.events()).isEqualTo(7);
        assertThat(overview.waitingAccounts()).isEqualTo(2);
        assertThat(overview.oldestSince()).contains(Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(overview.accounts())
                .containsExactly(
                        new Account(
                                "acct_2",
                                0,
                                4,
                                Instant.parse("2026-11-23T08:00:00Z"),
                                9,
                                new WaitsFor(LinkKind.VENDOR, "openai", Optional.empty())),
                        new Account(
                                "acct_1",
                                0,
                                3,
                                Instant.parse("2026-11-23T09:00:00Z"),
                                9,
                                new WaitsFor(LinkKind.CUSTOMER, "acct_1", Optional.empty())));
        assertThat(overview.accounts().get(0).waitsFor().remedy())
                .isEqualTo("usageflow links put --vendor openai --vendor-external-id ID");
        assertThat(overview.unanswered()).containsExactly(3);
        assertThat(overview.complete()).isFalse();
    }

    @Test
    void shouldNotTakeSilenceForNobodyWaiting() {
        URI good = answering(200, here("0,1,2,3", "", 1, "2026-11-23T09:00:00Z", "a", "customer", "a"));
        URI closed = URI.create("http://127.0.0.1:1");
        URI without = answering(404, "{}");
        URI starting = answering(503, "{\"error\":\"admission is starting\"}");
        URI foreign = answering(200, "<html>hello</html>");

        ParkedOverview overview = overview(closed, without, starting, foreign, good);

        assertThat(overview.unreachable()).hasSize(4);
        assertThat(overview.unreachable().get(0).why())
                .startsWith("does not answer")
                .contains("admin.port");
        assertThat(overview.unreachable().get(1).why()).contains("does not have the role admission");
        assertThat(overview.unreachable().get(2).why()).isEqualTo("answers with status 503: admission is starting");
        assertThat(overview.unreachable().get(3).why()).contains("not as a forwarder does");
        assertThat(overview.complete()).isTrue();
        assertThat(overview(closed).complete()).isFalse();
    }

    @Test
    void shouldTellWhichPartitionsChangeHands() {
        URI first = answering(200, here("0,1,2", "", 1, "2026-11-23T09:00:00Z", "a", "customer", "a"));
        URI second = answering(200, here("2,3", "", 1, "2026-11-23T09:00:00Z", "a", "customer", "a"));

        assertThat(overview(first, second).doubled()).containsExactly(2);
        assertThat(overview(first, second).complete()).isFalse();
    }

    @Test
    void shouldSendTheTokenOfTheAdminPorts() {
        Javalin server = Javalin.create(config -> config.routes.get("/admission/parked", context -> {
                    boolean known = "Bearer a-token".equals(context.header("Authorization"));
                    context.status(known ? 200 : 401)
                            .result(
                                    known
                                            ? here("0,1,2,3", "", 1, "2026-11-23T09:00:00Z", "a", "customer", "a")
                                            : "{\"error\":\"send the token\"}");
                }))
                .start("127.0.0.1", 0);
        servers.add(server);
        List<URI> admins = List.of(URI.create("http://127.0.0.1:" + server.port()));

        assertThat(ask(client(Optional.of("a-token")), admins).events()).isEqualTo(1);
        assertThat(ask(client(Optional.empty()), admins).unreachable())
                .singleElement()
                .satisfies(refused -> assertThat(refused.why()).isEqualTo("answers with status 401: send the token"));
    }

    private static ParkedClient client(Optional<String> token) {
        return new ParkedClient(token, Duration.ofSeconds(15));
    }

    private static ParkedOverview overview(URI... admins) {
        return ask(client(Optional.empty()), List.of(admins));
    }

    private static ParkedOverview ask(ParkedClient client, List<URI> admins) {
        return ParkedOverview.of(client.ask(admins, Optional.of("a b"), 100), 100);
    }

    private static String here(
            String partitions, String unreadable, int events, String since, String account, String link, String name) {
        return HERE.formatted(partitions, unreadable, events, since, account, events, since, link, name);
    }

    private URI answering(int status, String body) {
        Javalin server = Javalin.create(config -> config.routes.get(
                        "/admission/parked", context -> context.status(status).result(body)))
                .start("127.0.0.1", 0);
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.port());
    }
}
