package io.usageflow.forwarder.admission;

import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.core.ConditionTimeoutException;

/**
 * All that admission guarantees, checked when everything published has been settled. What is expected comes from what
 * was published, what is found from the topics; only the waiting asks the ledger.
 */
final class Guarantees {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** An entry is published within a second of the last change. */
    private static final Duration LEDGER_LIMIT = Duration.ofMinutes(2);

    private final AdmissionCluster cluster;
    private final Published published;
    private final Runnable stillRuns;

    /** @param stillRuns throws where waiting is in vain */
    Guarantees(AdmissionCluster cluster, Published published, Runnable stillRuns) {
        this.cluster = cluster;
        this.published = published;
        this.stillRuns = stillRuns;
    }

    void check() {
        Optional<ConditionTimeoutException> late = awaitSettled();
        Standing standing = Standing.in(cluster);
        AdmittedOnce.check(published, standing);
        HeldOnce.check(published, standing);
        await().atMost(LEDGER_LIMIT).untilAsserted(() -> BooksBalance.check(published, standing, ledger()));
        late.ifPresent(timeout -> {
            throw timeout;
        });
    }

    /**
     * Until the ledger has as many records received and parked as there must be.
     *
     * @return where that does not come: what is lost or doubled is told first, because it says why
     */
    private Optional<ConditionTimeoutException> awaitSettled() {
        try {
            await(published.story)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        stillRuns.run();
                        return isSettled(ledger());
                    });
            return Optional.empty();
        } catch (ConditionTimeoutException late) {
            return Optional.of(late);
        }
    }

    private boolean isSettled(LedgerBalance ledger) {
        return ledger.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED) >= published.toBeReceived()
                && ledger.total(LedgerBalance.ADMISSION, LedgerCounter.PARKED)
                        == Published.count(published.toBeParked());
    }

    private LedgerBalance ledger() {
        return LedgerBalance.of(cluster.ledger().read(LEDGER_LIMIT));
    }
}
