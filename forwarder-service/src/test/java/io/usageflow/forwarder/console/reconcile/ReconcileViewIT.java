package io.usageflow.forwarder.console.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.observe.WebPage.Submission;
import io.usageflow.forwarder.testing.DeliveredEvents;
import io.usageflow.forwarder.testing.WrittenTopics;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ReconcileViewIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start();

    @AutoClose
    private final CredytSandbox sandbox =
            CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"));

    @AutoClose
    private final WrittenTopics topics = new WrittenTopics(broker.bootstrapServers());

    @AutoClose
    private final BoundedWork work = new BoundedWork();

    private final DeliveredEvents events = new DeliveredEvents(topics, sandbox);
    private final ReconcileView view = view(Map.of("credyt.api.key", "dev"));

    private ReconcileView view(Map<String, String> more) {
        var all = new HashMap<>(more);
        all.put("credyt.url", sandbox.url().toString());
        Settings settings = topics.settings(all);
        return new ReconcileView(new Layout("here", true, Instant::now), settings, work, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        view.close();
    }

    @Test
    void shouldRunAsAJobAndNameWhatDiffers() {
        Instant yesterday = Instant.now().minus(Duration.ofHours(20));
        events.deliver(30, yesterday).deliverWithoutAnswer(3);

        String job = begun(submit("from", "2d", "to", "now", "why", "invoice <b>"));

        await().atMost(PATIENCE).until(() -> text(job), text -> text.contains("Finished: "));
        assertThat(text(job))
                .contains("Finished: 30 receipts checked, nothing differs.", "of all accounts", "Begun by ")
                .contains("<strong>alice</strong>, because: invoice &lt;b&gt;", "usageflow reconcile --from 20")
                .doesNotContain("<b>", "Cancel", "data-refresh");
        // A run over all accounts is the last result of all.
        await().atMost(PATIENCE).until(() -> text(""), text -> text.contains("Nothing differs."));
        assertThat(text("")).contains(job, "Run it here", "Finished: 30");
    }

    @Test
    void shouldShowTheFirstFindingsAndCountAll() {
        events.deliver(130, Instant.now().minus(Duration.ofHours(20)));
        sandbox.reset();

        String job = begun(submit("from", "2d", "to", "now", "why", "test", "account", ""));

        await().atMost(PATIENCE).until(() -> text(job), text -> text.contains("Finished: "));
        String text = text(job);
        assertThat(text).contains("130 findings.", "The first 100 of 130 are shown", "MISSING", "find?q=");
        assertThat(text.split(">MISSING<", -1)).hasSize(101);
    }

    @Test
    void shouldTakeOneRunAtATimeAndCancelIt() {
        events.deliver(2_000, Instant.now().minus(Duration.ofHours(20)));
        String job = begun(submit("from", "2d", "to", "now", "why", "test"));

        Page other = submit("from", "2d", "to", "now", "why", "test");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text()).contains("Another run has not ended");
        assertThat(view.answer(Map.of("job", List.of(job)), AdminRole.READER).text())
                .contains("yours is a reader")
                .doesNotContain("<form method=\"post\" action=\"reconcile");
        assertThat(text(job)).contains("data-refresh", "Cancel");
        submit("job", job);

        await().atMost(PATIENCE).until(() -> text(job), text -> text.contains("Cancelled: "));
        assertThat(submit("from", "2d", "to", "now", "why", "test").goes()).isTrue();
    }

    @Test
    void shouldRefuseWhatIsWrongAndSayWhyARunFailed() {
        for (String[] wrong : List.of(
                new String[] {"from", "8d", "to", "now", "why", "x"},
                new String[] {"from", "now", "to", "2d", "why", "x"},
                new String[] {"from", "x\u0000", "to", "now", "why", "x"},
                new String[] {"from", "", "to", "", "why", "x"},
                new String[] {"from", "1d", "to", "now"})) {
            assertThat(submit(wrong).status()).as(String.join(" ", wrong)).isEqualTo(400);
        }
        assertThat(view.answer(Map.of("job", List.of("<b>none")), AdminRole.OPERATOR))
                .satisfies(page -> assertThat(page.status()).isEqualTo(404))
                .satisfies(page -> assertThat(page.text()).contains("the run &lt;b&gt;none"));
        ReconcileView refused = view(Map.of("credyt.api.key", "of-another"));
        try {
            Page begun = submit(refused, "from", "2d", "to", "now", "why", "test");
            String job = begun(begun);
            await().atMost(PATIENCE)
                    .until(
                            () -> refused.answer(Map.of("job", List.of(job)), AdminRole.OPERATOR)
                                    .text(),
                            text -> text.contains("Failed: ") && !text.contains("Exception"));
        } finally {
            refused.close();
        }
    }

    private String text(String job) {
        return view.answer(job.isEmpty() ? Map.of() : Map.of("job", List.of(job)), AdminRole.OPERATOR)
                .text();
    }

    private static String begun(Page page) {
        assertThat(page.goes()).as(page.text()).isTrue();
        return page.text().substring("reconcile?job=".length());
    }

    private Page submit(String... fields) {
        return submit(view, fields);
    }

    private static Page submit(ReconcileView to, String... fields) {
        Map<String, List<String>> sent = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            sent.put(fields[i], List.of(fields[i + 1]));
        }
        return to.changes().orElseThrow().apply(new Submission(sent, Optional.of("alice")));
    }
}
