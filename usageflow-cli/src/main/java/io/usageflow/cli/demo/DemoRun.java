package io.usageflow.cli.demo;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.sandbox.totals.Totals.SandboxStats;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run: publish, refuse for a while, wait until all is quiet, look everywhere, compare. */
final class DemoRun {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(2);
    private static final Duration OUTAGE = Duration.ofSeconds(3);
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(90);
    private static final String CURRENCY = "USD";
    private static final int OUTAGE_FROM_START_BELOW = 1_000;

    private final Settings settings;
    private final int partitions;
    private final DemoCredyt credyt;
    private final List<DemoAccount> accounts;
    private final Consumer<String> progress;
    private final DemoTopicReader written;

    DemoRun(
            Settings settings,
            int partitions,
            DemoCredyt credyt,
            List<DemoAccount> accounts,
            Consumer<String> progress) {
        this.settings = settings;
        this.partitions = partitions;
        this.credyt = credyt;
        this.accounts = accounts;
        this.progress = progress;
        this.written = new DemoTopicReader(settings);
    }

    DemoReport run(DemoTrace trace, OptionalDouble speed) {
        Assignment assignment = new Assignment(accounts.size());
        Script script = Script.of(trace.rows(), assignment, accounts);
        Expectation expectation = Expectation.of(trace.rows(), assignment);
        progress.accept("publishing %,d requests of %d accounts, and what goes wrong besides"
                .formatted(trace.rows().size(), accounts.size()));
        Topics topics = settings.topics().names();
        try (DemoPublisher publisher = new DemoPublisher(
                topics,
                partitions,
                settings.kafka().bootstrapServers(),
                settings.registry().serde())) {
            publisher.link(accounts);
            long begin = System.nanoTime();
            CompletableFuture<Long> refusals = CompletableFuture.supplyAsync(
                    () -> outage(trace.rows().size()), task -> startThread("demo-outage", task));
            CompletableFuture<Void> published = CompletableFuture.runAsync(
                    () -> publisher.publish(script.steps(), speed), task -> startThread("demo-publisher", task));
            awaitQuiet(script.outcome(), publisher, published);
            double seconds = (System.nanoTime() - begin) / 1e9;
            published.join();
            return report(trace, script.outcome(), expectation, publisher, refusals.join(), seconds);
        }
    }

    /** Credyt goes away in the middle of the run, and returns. Returns how many requests met the outage. */
    private long outage(int requests) {
        long threshold = requests < OUTAGE_FROM_START_BELOW ? 0 : requests * 3L / 10;
        credyt.sandbox().awaitEvents(threshold, GIVE_UP_AFTER);
        progress.accept("Credyt answers 503 from now on");
        DemoCredyt.Outage outage = credyt.outage();
        long end = System.nanoTime() + OUTAGE.toNanos();
        long giveUp = System.nanoTime() + GIVE_UP_AFTER.toNanos();
        // Until it was noticed: a run that begins slowly must meet its outage too.
        while (System.nanoTime() < end || (outage.refused() == 0 && System.nanoTime() < giveUp)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        long refused = outage.end();
        progress.accept("Credyt is back; %d requests met the outage".formatted(refused));
        return refused;
    }

    /** Returns when the books show the outcome, or when they have not changed for long. */
    private void awaitQuiet(Script.Outcome outcome, DemoPublisher publisher, CompletableFuture<Void> published) {
        LedgerBalance last = LedgerBalance.of(List.of());
        long lastChange = System.nanoTime();
        long nextProgress = lastChange;
        while (true) {
            LedgerBalance books = written.books();
            long now = System.nanoTime();
            if (!books.equals(last) || !published.isDone()) {
                lastChange = now;
                last = books;
            }
            boolean quiet = published.isDone()
                    && books.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED) == outcome.received()
                    && books.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED) == outcome.parked()
                    && books.inFlight() == 0;
            if (quiet || now - lastChange > GIVE_UP_AFTER.toNanos()) {
                return;
            }
            if (now >= nextProgress) {
                nextProgress = now + PROGRESS_INTERVAL.toNanos();
                progress.accept(line(books, publisher));
            }
            LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
        }
    }

    private static String line(LedgerBalance books, DemoPublisher publisher) {
        return "published %,d   admitted %,d   parked %,d   delivered %,d   dead letters %,d"
                .formatted(
                        publisher.acknowledged(),
                        books.total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED),
                        books.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED),
                        books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED),
                        books.total(LedgerBalance.ADMISSION, LedgerCounter.DEAD_LETTERED)
                                + books.total(LedgerBalance.DELIVERY, LedgerCounter.DEAD_LETTERED));
    }

    private static void startThread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private DemoReport report(
            DemoTrace trace,
            Script.Outcome outcome,
            Expectation expectation,
            DemoPublisher publisher,
            long outageRefusals,
            double seconds) {
        LedgerBalance books = written.books();
        DemoTopicReader.Found found = written.look();
        SandboxStats stats = credyt.sandbox().stats();
        DemoReport.Sandbox sandbox = new DemoReport.Sandbox(
                stats.events(),
                stats.repeatedRequests(),
                stats.conflictingContent(),
                outageRefusals,
                plain(stats.fees().get(CURRENCY)),
                plain(stats.costs().get(CURRENCY)));
        DemoReport.Expected expected =
                new DemoReport.Expected(expectation.events(), plain(expectation.fees()), plain(expectation.costs()));
        return new DemoReport(
                publisher.acknowledged(),
                books.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED),
                books.total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED),
                books.total(LedgerBalance.ADMISSION, LedgerCounter.DUPLICATE),
                books.total(LedgerBalance.ADMISSION, LedgerCounter.REROUTED),
                books.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED),
                books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED),
                books.inFlight(),
                found.deadLetters(),
                found.receiptIds().size(),
                books.isBalanced(),
                sandbox,
                expected,
                Math.round(seconds * 1000) / 1000.0,
                Math.round(publisher.acknowledged() / seconds),
                trace.badLines(),
                disagreements(outcome, publisher, books, found, sandbox, expected));
    }

    private List<String> disagreements(
            Script.Outcome outcome,
            DemoPublisher publisher,
            LedgerBalance books,
            DemoTopicReader.Found found,
            DemoReport.Sandbox sandbox,
            DemoReport.Expected expected) {
        Checks checks = new Checks();
        checks.holds("publishing failed: " + publisher.failure(), publisher.failure() == null)
                .equal("published", outcome.received(), publisher.acknowledged())
                .equal("received", outcome.received(), books.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                .equal("admitted", outcome.admitted(), books.total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED))
                .equal(
                        "duplicates",
                        outcome.duplicates(),
                        books.total(LedgerBalance.ADMISSION, LedgerCounter.DUPLICATE))
                .equal("rerouted", outcome.rerouted(), books.total(LedgerBalance.ADMISSION, LedgerCounter.REROUTED))
                .equal("parked", outcome.parked(), books.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED))
                .equal("delivered", expected.events(), books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED))
                .equal("in flight", 0L, books.inFlight())
                .deadLetters(
                        "admission",
                        outcome.admissionDeadLetters(),
                        found.deadLetters().admission())
                .deadLetters(
                        "delivery",
                        outcome.deliveryDeadLetters(),
                        found.deadLetters().delivery());
        books.findings().forEach(finding -> checks.holds("the ledger does not balance: " + finding.text(), false));
        return checks.equal("receipts", expected.events(), found.receipts())
                .sameIds("the receipts topic", outcome.deliveredIds(), found.receiptIds())
                .sameIds(
                        "Credyt's stand-in",
                        outcome.deliveredIds(),
                        Set.copyOf(credyt.sandbox().eventIds()))
                .equal("events at Credyt's stand-in", expected.events(), sandbox.events())
                .equal("ids sent again with other content", 0L, sandbox.conflictingContent())
                .equal("fees", expected.fees(), sandbox.fees())
                .equal("costs", expected.costs(), sandbox.costs())
                .holds("the planned outage met no request", sandbox.outageRefusals() > 0)
                .disagreements();
    }

    private static String plain(@Nullable BigDecimal amount) {
        return amount == null ? "0" : amount.stripTrailingZeros().toPlainString();
    }
}
