package io.usageflow.forwarder.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.testing.Accessibility;
import io.usageflow.forwarder.testing.Chromium;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.forwarder.testing.PublicSurface;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator with a browser, a token and a forwarder on another machine: the browser knows it by a name and over plain
 * http, which is stricter than this machine's own address.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleBrowserIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TOKEN = "an-operators-token";
    private static final String NAME = "forwarder.test";
    private static final int OLD = 40;

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();
    private final Accessibility accessibility = new Accessibility();
    private Forwarder forwarder;
    private UsagePublisher publisher;
    private Chromium chromium;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Optional<String> browser = Chromium.find();
        assumeTrue(browser.isPresent(), "no Chromium here: nobody clicks through the console");
        Settings settings = world.open(
                folder.resolve("state"),
                Map.of(
                        "admin.token",
                        TOKEN,
                        "admin.allowed.hosts",
                        NAME,
                        "admin.page.max.age",
                        "0s",
                        "admin.payload.mask",
                        "prompt"));
        credyt.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2.5"));
        credyt.createCustomer("acme", "assistant");
        forwarder = Forwarder.start(settings);
        publisher = world.publisher();
        publisher.linkCustomer("acct_1", CustomerRef.externalId("acme")).join();
        publisher.linkCustomer("acct_old", CustomerRef.externalId("acme")).join();
        chromium = Chromium.start(
                browser.get(),
                folder.resolve("browser"),
                "--host-resolver-rules=MAP " + NAME + " 127.0.0.1",
                "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable");
        chromium.open(address("flow"));
        chromium.awaitText("Token");
        chromium.fill("input[name=token]", TOKEN);
        chromium.click("button");
        chromium.awaitText("Flow");
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (publisher != null) {
            publisher.close();
        }
        if (forwarder != null) {
            forwarder.close();
        }
    }

    @Test
    void shouldPlanTryAndReplayDeadLettersThoughTheTabIsClosed() throws Exception {
        int before = credyt.eventIds().size();
        for (int i = 0; i < OLD; i++) {
            publish("old-" + i, "acct_old", Instant.now().minus(Duration.ofDays(400)));
        }
        awaitDeadLetters(OLD);
        looked("dead-letters", "value=\"plan-replay\"");
        chromium.click("a[href*='id=']");
        chromium.awaitText("The event's life");
        looked("dead-letter", "TOO_OLD, open");
        chromium.open(address("dead-letters?reason=TOO_OLD&account=acct_old"));
        chromium.awaitText(OLD + " dead letters match.");
        chromium.click("button[value=plan-replay]");
        chromium.awaitText("Planned: " + OLD + " dead letters, nothing was changed.");
        looked("plan", "Replay " + OLD + " dead letters");
        assertThat(credyt.eventIds()).hasSize(before);

        chromium.fill("input[name=why]", "billed late <b>");
        chromium.fill("input[name=canary]", "2");
        chromium.fill("input[name=rate]", "4");
        chromium.click("button[value=confirm]");
        // The canary was delivered, and the others are under way.
        chromium.awaitText("Running: ");
        looked("job", "value=\"cancel\"");
        String job = chromium.evaluate("location.href").orElseThrow().asText();
        chromium.closeTab();

        assertThat(credyt.awaitEvents(before + OLD, PATIENCE)).isTrue();
        chromium.newTab();
        chromium.open(URI.create(job));
        chromium.awaitText("Finished: " + OLD + " of " + OLD + " answered.");
        chromium.awaitText("Confirmed by admin.token, because: billed late <b>");
        looked("job-ended", "Finished");
        chromium.open(address("jobs"));
        chromium.awaitText(OLD + " of " + OLD);
        looked("jobs", "Finished");
        assertThat(chromium.console()).isEmpty();
    }

    @Test
    void shouldLinkAnAccountAndLetItsEventsGo() throws Exception {
        int before = credyt.eventIds().size();
        publish("waits", "acct_new", Instant.now());
        chromium.open(address("parked"));
        awaitShown("parked", "acct_new");
        chromium.click("a[href^='link?']");
        chromium.awaitText("External id at Credyt");
        chromium.fill("input[name=display-name]", "New Inc");
        chromium.fill("input[name=products]", "assistant");
        chromium.click("main form button");
        chromium.awaitText("it would be made there, and linked");
        looked("link", "would create");
        chromium.fill("input[name=why]", "signed today");
        chromium.click("form.change button");
        chromium.awaitText("Made at Credyt and linked.");
        chromium.click("a[href^='parked']:not(nav a)");
        // The page looks by itself.
        chromium.awaitText("No event of acct_new waits here.");

        assertThat(credyt.awaitEvents(before + 1, PATIENCE)).isTrue();
        chromium.open(address("link?kind=customer&name=acct_new&external-id=acme"));
        chromium.awaitText("a link is changed only by 'usageflow links put'");
        looked("link-refused", "refused");
        assertThat(chromium.console()).isEmpty();
    }

    @Test
    void shouldTakeKeys() {
        chromium.open(address("links"));
        chromium.awaitText("acct_1");
        chromium.press("j");
        awaitValue("document.activeElement.textContent", "acct_1");
        chromium.press("?");
        awaitValue("document.querySelector('dialog').open", "true");
        chromium.click("dialog button");
        chromium.press("/");
        awaitValue("document.activeElement.name", "q");
        assertThat(chromium.console()).isEmpty();
    }

    @Test
    void shouldHideWhatIsMaskedUntilAnOperatorGivesAReason() {
        publish("secret", "acct_1", Instant.now().minus(Duration.ofDays(400)));
        awaitShown("dead-letters?id=secret", "The event's life");
        assertThat(chromium.evaluate("document.body.textContent").orElseThrow().asText())
                .contains("\"prompt\" : \"(masked)\"", "\"total_tokens\" : 1")
                .doesNotContain("tell nobody", "value_base64");

        chromium.fill("input[name=why]", "the customer asks");
        chromium.click("form[action='dead-letters?id=secret'] button");

        awaitValue("document.body !== null && document.body.textContent.includes('tell nobody')", "true");
        assertThat(chromium.console()).isEmpty();
    }

    /** Every page that there is, as {@link ConsoleSurfaceTest} holds, so that none is forgotten. */
    @Test
    void shouldShowEachPageToThoseWhoDoNotLook() throws Exception {
        List<String> names = PublicSurface.section("Routes of the console").stream()
                .map(path -> path.substring(WebPage.FOLDER.length()))
                .filter(name -> !name.contains("."))
                .toList();
        assertThat(names).contains("flow", "login");
        for (String name : names) {
            chromium.open(address(name));
            chromium.awaitText("usageflow");
            looked("page-" + name, "</html>");
        }
        assertThat(chromium.console()).isEmpty();
    }

    private void awaitValue(String expression, String value) {
        await().atMost(PATIENCE).until(() -> chromium.evaluate("String(" + expression + ")")
                .map(JsonNode::asText)
                .filter(value::equals)
                .isPresent());
    }

    private void awaitDeadLetters(int count) {
        awaitShown("dead-letters?account=acct_old", count + " dead letters match.");
    }

    /** Opens the page until it has the text: what it shows may be on its way. */
    private void awaitShown(String page, String text) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            chromium.open(address(page));
            chromium.awaitText("as of");
            return chromium.evaluate("document.body.innerText")
                    .map(JsonNode::asText)
                    .filter(shown -> shown.contains(text))
                    .isPresent();
        });
    }

    /**
     * The page has this markup, and no serious fault for those who use it otherwise than by looking; with {@code
     * usageflow.screenshots} it is drawn there.
     */
    private void looked(String name, String markup) throws IOException {
        assertThat(chromium.evaluate("document.documentElement.outerHTML")
                        .orElseThrow()
                        .asText())
                .contains(markup);
        assertThat(accessibility.violations(chromium)).as(name).isEmpty();
        String drawn = System.getProperty("usageflow.screenshots", "");
        if (!drawn.isEmpty()) {
            Path pictures = Files.createDirectories(Path.of(drawn));
            chromium.screenshot(pictures.resolve(name + "-light.png"), 1200, false);
            chromium.screenshot(pictures.resolve(name + "-dark.png"), 1200, true);
            chromium.screenshot(pictures.resolve(name + "-narrow.png"), 390, false);
            chromium.screenshot(pictures.resolve(name + "-light.png"), 1200, false);
        }
    }

    private void publish(String id, String account, Instant at) {
        publisher
                .publish(UsageEvent.of("message_completed")
                        .id(id)
                        .account(account)
                        .occurredAt(at)
                        .data("total_tokens", 1)
                        .data("prompt", "tell nobody"))
                .join();
    }

    private URI address(String page) {
        URI local = URI.create(forwarder.adminUrl());
        return URI.create("http://" + NAME + ":" + local.getPort() + "/console/" + page);
    }
}
