package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.FundsView;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.HeldCustomer;
import io.usageflow.forwarder.delivery.health.FailureBudgets.UnfundedCustomer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The customers whose events wait because the customer lacks funds, and the operator's requests to try them now. One
 * thread, except {@link #view} and {@link #retry}, which are thread-safe.
 */
public final class FundsHolds {
    private static final Logger LOG = LoggerFactory.getLogger(FundsHolds.class);
    private static final Duration COUNT_EVERY = Duration.ofSeconds(1);
    /** Customers that {@link #view} lists; the counts are of all. */
    static final int LISTED_MAX = 1_000;
    /** Requests of operators that wait for the next round. */
    private static final int REQUESTS_MAX = 1_000;

    private final DestinationHealth destination;
    private final CustomerQueues queues;
    private final DeliveryClock clock;
    private final Queue<Wanted> requests = new ConcurrentLinkedQueue<>();
    private volatile FundsView view = FundsView.NONE;
    private long countDueNanos;

    public FundsHolds(DestinationHealth destination, CustomerQueues queues, DeliveryClock clock) {
        this.destination = destination;
        this.queues = queues;
        this.clock = clock;
        this.countDueNanos = clock.nanos();
    }

    /**
     * Which customers an operator means.
     *
     * @param customer its id as {@link HeldCustomer} has it; all customers if empty
     * @param credytAccount the connected account that it is in; all accounts if empty
     */
    public record Wanted(Optional<String> customer, Optional<String> credytAccount) {
        public static final Wanted ALL = new Wanted(Optional.empty(), Optional.empty());

        public boolean matches(String id, Optional<String> account) {
            return (customer.isEmpty() || customer.get().equals(id))
                    && (credytAccount.isEmpty() || credytAccount.equals(account));
        }
    }

    /** The counts of the last second. */
    public FundsView view() {
        return view;
    }

    /**
     * Requests that customers are tried at the next round.
     *
     * @return false if too many requests wait already
     */
    public boolean retry(Wanted wanted) {
        return requests.size() < REQUESTS_MAX && requests.add(wanted);
    }

    /** Handles the requests and counts what waits. */
    public void update() {
        for (Wanted request = requests.poll(); request != null; request = requests.poll()) {
            Wanted wanted = request;
            List<UnfundedCustomer> released = destination.customers().unfunded(clock.nanos()).stream()
                    .filter(each -> wanted.matches(
                            each.customer().value(), each.customer().account()))
                    .toList();
            released.forEach(each -> queues.release(each.customer()));
            LOG.info(
                    "event=funds_retried customer={} credyt_account={} released={}",
                    VisibleText.logged(wanted.customer().orElse("all")),
                    VisibleText.logged(wanted.credytAccount().orElse("all")),
                    released.size());
        }
        long now = clock.nanos();
        if (now - countDueNanos >= 0) {
            countDueNanos = now + COUNT_EVERY.toNanos();
            view = count(now);
        }
    }

    private FundsView count(long nowNanos) {
        List<UnfundedCustomer> unfunded = destination.customers().unfunded(nowNanos);
        if (unfunded.isEmpty()) {
            return FundsView.NONE;
        }
        long events = 0;
        List<HeldCustomer> held = new ArrayList<>();
        for (UnfundedCustomer each : unfunded) {
            int waiting = queues.waiting(each.customer());
            events += waiting;
            held.add(new HeldCustomer(
                    each.customer().value(),
                    each.customer().external(),
                    each.customer().account(),
                    waiting,
                    clock.now().minus(each.since()),
                    each.cause()));
        }
        held.sort(Comparator.comparing(HeldCustomer::since).thenComparing(HeldCustomer::customer));
        return new FundsView(
                unfunded.size(),
                events,
                destination.refusesAllFunds(),
                held.subList(0, Math.min(LISTED_MAX, held.size())));
    }
}
