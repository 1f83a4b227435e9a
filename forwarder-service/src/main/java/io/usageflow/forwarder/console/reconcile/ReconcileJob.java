package io.usageflow.forwarder.console.reconcile;

import io.usageflow.forwarder.config.MomentText;
import io.usageflow.forwarder.console.job.JobBoard;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.console.page.Signature;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage.Submission;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Period;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileListener;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileResult;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler;
import io.usageflow.forwarder.reconcile.receipts.ReceiptReconciler.ReconcileProgress;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over the receipts of a period, which changes nothing. Its thread writes, pages read. Memory is bounded: the
 * run's step, and the first {@value #NAMED_MAX} findings. Thread-safe.
 */
final class ReconcileJob implements JobBoard.Job, ReconcileListener<ReconcileProgress> {
    static final int NAMED_MAX = 100;

    /** A longer one asks Credyt for hours, and the forwarder may be restarted before. */
    static final Duration PERIOD_MAX = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(ReconcileJob.class);

    /**
     * What was asked for, and by whom.
     *
     * @param free event types without a price
     */
    record Order(Period period, Optional<String> account, Set<String> free, Signature by) {
        /** @throws ConfigException if a part is wrong; the message says what is right */
        static Order of(Submission sent, Instant asked) {
            Instant now = asked.truncatedTo(ChronoUnit.MILLIS);
            Instant from = MomentText.parse("from", text(sent, "from"), now);
            Instant to = MomentText.parse("to", text(sent, "to"), now);
            if (!from.isBefore(to) || Duration.between(from, to).compareTo(PERIOD_MAX) > 0) {
                throw new ConfigException("The period must be longer than nothing, and " + PERIOD_MAX.toDays()
                        + " days at most: the command below has no such limit");
            }
            Signature by = Signature.of(sent);
            by.problem("the log").ifPresent(missing -> {
                throw new ConfigException(missing);
            });
            return new Order(
                    new Period(from, to, "from " + from + " to " + to),
                    Optional.of(text(sent, "account")).filter(name -> !name.isEmpty()),
                    Arrays.stream(text(sent, "free").split("[\\s,]+"))
                            .filter(type -> !type.isEmpty())
                            .collect(Collectors.toUnmodifiableSet()),
                    by);
        }

        private static String text(Submission sent, String name) {
            return Layout.parameter(sent.fields(), name);
        }

        ReconcileRequest request() {
            return new ReconcileRequest(
                    period, account, free, ReconcileRequest.PER_SECOND_DEFAULT, Repair.none(), Optional.empty());
        }

        String command() {
            return "usageflow reconcile --from " + period.from() + " --to " + period.to()
                    + ShellWord.option("--account", account.orElse(""))
                    + ShellWord.option("--free", free.stream().sorted().collect(Collectors.joining(",")))
                    + " --report reconcile.csv";
        }
    }

    /**
     * All that a page shows, of one moment. Immutable.
     *
     * @param findings the first of them
     * @param found how many there are
     * @param failure why there is no result, in one sentence
     */
    record Snapshot(
            Optional<ReconcileProgress> progress,
            List<ReconcileFinding> findings,
            long found,
            Optional<ReconcileResult<ReconcileSummary>> result,
            Optional<String> failure,
            Optional<Instant> endedAt) {
        boolean runs() {
            return endedAt.isEmpty();
        }
    }

    private final String id;
    private final Order order;
    private final Instant begun;
    private final List<ReconcileFinding> findings = new ArrayList<>();
    private long found;
    private volatile boolean cancelled;
    private @Nullable ReconcileProgress progress;
    private @Nullable ReconcileResult<ReconcileSummary> result;
    private @Nullable String failure;
    private @Nullable Instant endedAt;

    ReconcileJob(String id, Order order, Instant begun) {
        this.id = id;
        this.order = order;
        this.begun = begun;
    }

    /** Reads to the end of the period, or until it is cancelled. */
    void run(ReceiptReconciler reconciler, Clock clock) throws InterruptedException {
        LOG.info(
                "event=console_reconcile_began job={} by={} why={} from={} to={} account={}",
                id,
                VisibleText.logged(order.by().who()),
                VisibleText.logged(order.by().why()),
                order.period().from(),
                order.period().to(),
                VisibleText.logged(order.account().orElse("all")));
        try {
            ended(reconciler.run(order.request(), this, () -> cancelled), clock.instant());
        } catch (CredytUnreachableException | ConfigException refused) {
            failed(String.valueOf(refused.getMessage()), clock.instant());
        }
        Snapshot now = snapshot();
        LOG.info(
                "event=console_reconcile_ended job={} found={} complete={}",
                id,
                now.found(),
                now.result().map(ReconcileResult::complete).orElse(false));
    }

    private synchronized void ended(ReconcileResult<ReconcileSummary> how, Instant now) {
        result = how;
        endedAt = now;
    }

    Order order() {
        return order;
    }

    Instant begun() {
        return begun;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(
                Optional.ofNullable(progress),
                List.copyOf(findings),
                found,
                Optional.ofNullable(result),
                Optional.ofNullable(failure),
                Optional.ofNullable(endedAt));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public synchronized boolean isIdle() {
        return endedAt != null;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public synchronized void failed(String why, Instant now) {
        failure = why;
        endedAt = now;
    }

    @Override
    public synchronized void advanced(ReconcileProgress reached) {
        progress = reached;
    }

    @Override
    public synchronized void found(ReconcileFinding finding) {
        found++;
        if (findings.size() < NAMED_MAX) {
            findings.add(finding);
        }
    }
}
