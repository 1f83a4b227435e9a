package io.usageflow.forwarder.observe.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import io.usageflow.forwarder.testing.Sha256;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleFormsIT {
    private static final String OPERATOR = "an-operators-token";
    private static final String READER = "a-readers-token-of-16";

    private final ProcessMeters meters = new ProcessMeters();
    private final AtomicInteger changes = new AtomicInteger();
    private final AdminServer server = AdminServer.start(
            Settings.load(ConfigSources.none()
                            .with(
                                    Map.of(
                                            "admin.port",
                                            "0",
                                            "admin.page.max.age",
                                            "1m",
                                            "admin.tokens",
                                            "operator:alice:" + Sha256.hex(OPERATOR) + ",reader:bob:"
                                                    + Sha256.hex(READER)),
                                    "test"))
                    .admin(),
            List::of,
            List.of(),
            new WebPage.Pages(List.of(new CountingPage()), WebPage.Pages.none().refusal()),
            meters.registry());

    @AfterEach
    void stop() {
        server.close();
        meters.close();
    }

    @Test
    void shouldTakeAnOperatorsFormAndShowWhatItChanged() throws Exception {
        assertThat(send(request("count", OPERATOR)).body()).isEqualTo("0");

        HttpResponse<String> sent = send(form("count?of=a%E2%80%8Bb", OPERATOR));

        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(sent.headers().firstValue("Location"))
                .hasValue("count?by=alice&fields={of=[a\u200Bb], why=[x y]}".replace("\u200B", "%E2%80%8B"));
        // What was kept from before the change is of no use.
        assertThat(send(request("count", OPERATOR)).body()).isEqualTo("1");
    }

    @Test
    void shouldTakeNobodyElsesForm() throws Exception {
        assertThat(send(form("count", READER)).statusCode()).isEqualTo(403);
        assertThat(send(form("count", "no-such-token-of-16")).statusCode()).isEqualTo(401);
        assertThat(send(form("count", OPERATOR).header("Origin", "null")).statusCode())
                .isEqualTo(403);
        assertThat(send(form("count", OPERATOR).header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(form("count", OPERATOR).header("Sec-Fetch-Site", "cross-site"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(form("count", OPERATOR).setHeader("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
        assertThat(changes).hasValue(0);
        assertThat(send(form("count", OPERATOR).header("Origin", server.url())).statusCode())
                .isEqualTo(303);
        assertThat(changes).hasValue(1);
    }

    /** With no-referrer, a browser over plain http beyond loopback names no origin, and its forms are refused. */
    @Test
    void shouldLetBrowsersNameTheirOrigin() throws Exception {
        assertThat(send(request("count", OPERATOR)).headers().firstValue("Referrer-Policy"))
                .hasValue("same-origin");
    }

    private final class CountingPage implements WebPage {
        @Override
        public String name() {
            return "count";
        }

        @Override
        public Page answer(Map<String, List<String>> query, AdminRole role) {
            return new Page(200, "text/plain", changes.toString());
        }

        @Override
        public Optional<Function<Submission, Page>> changes() {
            return Optional.of(sent -> {
                changes.incrementAndGet();
                String fields = new TreeMap<>(sent.fields()).toString().replace("\u200B", "%E2%80%8B");
                return Page.goTo("count?by=" + sent.by().orElse("none") + "&fields=" + fields);
            });
        }
    }

    private HttpRequest.Builder form(String page, String token) {
        return request(page, token)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("why=x+y"));
    }

    private HttpRequest.Builder request(String page, String token) {
        return HttpRequest.newBuilder(URI.create(server.url() + "/console/" + page))
                .header("Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
