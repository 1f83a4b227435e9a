package io.usageflow.forwarder.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.alert.AlertsView;
import io.usageflow.forwarder.console.deadletter.DeadLetterSearch;
import io.usageflow.forwarder.console.deadletter.DeadLettersView;
import io.usageflow.forwarder.console.job.ConsoleJobs;
import io.usageflow.forwarder.console.job.JobsView;
import io.usageflow.forwarder.console.link.LinkView;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.reconcile.ReconcileView;
import io.usageflow.forwarder.deadletter.DeadLetterWatch.Count;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.json.PayloadMask;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.trace.Tracer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The console's pages. Thread-safe; close it. */
public final class Console implements AutoCloseable {
    private final FlowHistory history;
    private final BoundedWork work = new BoundedWork();
    private final ConsoleJobs jobs;
    private final ReconcileView reconcile;
    private final DeadLetterSearch deadLetters;
    private final List<WebPage> pages;

    private Console(
            Settings settings,
            KnownMarks marks,
            Supplier<Optional<Count>> counted,
            Supplier<HealthReport> health,
            List<AdminPage> stages,
            MeterRegistry meters) {
        Clock clock = Clock.systemUTC();
        var layout = new Layout(
                settings.process().instanceId(),
                !settings.admin().acceptedTokens().isEmpty(),
                clock::instant);
        history = new FlowHistory(meters, System::nanoTime);
        Optional<AdminPage> parked = stages.stream()
                .filter(page -> page.path().equals(ParkedDocument.PATH))
                .findFirst();
        var mask = new PayloadMask(settings.admin().payloadMask());
        var links = new LinkTable(settings);
        jobs = new ConsoleJobs(settings, clock);
        reconcile = new ReconcileView(layout, settings, work, clock);
        deadLetters = new DeadLetterSearch(settings, marks, System::nanoTime);
        pages = List.of(
                new FlowView(
                        layout,
                        settings.topics().names(),
                        health,
                        history,
                        () -> work.within(Instances.WITHIN, () -> Instances.read(settings))),
                new AlertsView(layout, settings.admin().prometheus(), work),
                new FindView(layout, parked, links, new Tracer(settings, clock), mask, work),
                new DeadLettersView(layout, settings, deadLetters, counted, work),
                new JobsView(layout, jobs),
                new ParkedView(layout, parked),
                new LinksView(layout, links, work),
                new ReplaysView(layout, settings, work),
                reconcile,
                new SettingsView(layout, settings.effective()),
                new LinkView(layout, settings, work),
                new LoginView(),
                new Asset("console.css", "text/css; charset=utf-8"),
                new Asset("console.js", "text/javascript; charset=utf-8"),
                new Asset("icon.svg", "image/svg+xml"));
    }

    /**
     * Begins to sample the meters.
     *
     * @param marks the answers to dead letters, which the caller closes
     * @param counted the open dead letters, as they were counted last
     * @param stages the pages of the stages that this process runs
     */
    public static Console start(
            Settings settings,
            KnownMarks marks,
            Supplier<Optional<Count>> counted,
            Supplier<HealthReport> health,
            List<AdminPage> stages,
            MeterRegistry meters) {
        var console = new Console(settings, marks, counted, health, stages, meters);
        console.history.start();
        return console;
    }

    public List<WebPage> pages() {
        return pages;
    }

    /** The pages, with the one that says why a request was refused. */
    public WebPage.Pages web() {
        return new WebPage.Pages(pages, RefusedPage::of);
    }

    /** What the meters said in the last hour. */
    public FlowHistory history() {
        return history;
    }

    /** Where pages read topics. */
    public BoundedWork work() {
        return work;
    }

    /** Reads dead letters for pages. */
    public DeadLetterSearch deadLetters() {
        return deadLetters;
    }

    @Override
    public void close() {
        jobs.close();
        reconcile.close();
        history.close();
        work.close();
    }

    /** A file that all pages use. */
    private record Asset(String name, String type, String text) implements WebPage {
        Asset(String name, String type) {
            this(name, type, read(name));
        }

        private static String read(String name) {
            try (InputStream in = Console.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException(name + " is not in the jar");
                }
                return new String(in.readAllBytes(), UTF_8);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public boolean open() {
            return true;
        }

        @Override
        public Page answer(Map<String, List<String>> query, AdminRole role) {
            return new Page(200, type, text);
        }
    }
}
