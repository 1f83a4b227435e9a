package io.usageflow.cli;

import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.job.ConsoleJobs;
import io.usageflow.forwarder.console.job.JobsView;
import io.usageflow.forwarder.console.link.LinkView;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.observe.WebPage.Submission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does with the console's forms what a forwarder with these settings may do, and returns the last page. */
final class ConsoleOperator {
    private static final Duration SOON = Duration.ofMinutes(3);

    private final Settings settings;
    private final Layout layout = new Layout("here", false, Instant::now);

    ConsoleOperator(Settings settings) {
        this.settings = settings;
    }

    /** Plans a replay of all that is open, confirms it with a canary, and cancels it while the canary is awaited. */
    String replay() {
        try (var jobs = new ConsoleJobs(settings, Clock.systemUTC())) {
            var view = new JobsView(layout, jobs);
            String job = submit(view, "action", "plan-replay").text().replace("jobs?job=", "");
            String planned = until(view, job, "Planned: ");
            if (!planned.contains("Planned: ")) {
                return planned;
            }
            submit(view, "action", "confirm", "job", job, "who", "ann", "why", "rights", "canary", "1");
            String replayed = until(view, job, "Canary: 1 replayed");
            if (replayed.contains("Canary: 1 replayed")) {
                submit(view, "action", "cancel", "job", job);
                return until(view, job, "Cancelled: 1 of ");
            }
            return replayed;
        }
    }

    /** Links a customer or a vendor. */
    String link(String kind, String name) {
        try (var work = new BoundedWork()) {
            return submit(
                            new LinkView(layout, settings, work),
                            "kind",
                            kind,
                            "name",
                            name,
                            "external-id",
                            name,
                            "who",
                            "ann",
                            "why",
                            "rights")
                    .text();
        }
    }

    /** The page when it has the text, or has ended without it. */
    private static String until(JobsView view, String job, String text) {
        return await().atMost(SOON)
                .until(
                        () -> view.answer(Map.of("job", List.of(job)), AdminRole.OPERATOR)
                                .text(),
                        page -> page.contains(text) || page.contains("Kafka: ") || page.contains("Failed: "));
    }

    private static Page submit(WebPage view, String... fields) {
        Map<String, List<String>> form = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            form.put(fields[i], List.of(fields[i + 1]));
        }
        return view.changes().orElseThrow().apply(new Submission(form, Optional.empty()));
    }
}
