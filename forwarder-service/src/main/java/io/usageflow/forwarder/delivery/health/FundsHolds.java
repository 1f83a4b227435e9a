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
    private final Queue<Optional<String>> requests = new ConcurrentLinkedQueue<>();
    private volatile FundsView view = FundsView.NONE;
    private long countDueNanos;

    public FundsHolds(DestinationHealth destination, CustomerQueues queues, DeliveryClock clock) {
        this.destination = destination;
        this.queues = queues;
        this.clock = clock;
        this.countDueNanos = clock.nanos();
    }

    /** The counts of the last second. */
    public FundsView view() {
        return view;
    }

    /**
     * Requests that customers are tried at the next round.
     *
     * @param customer its id as {@link HeldCustomer} has it; all customers if empty
     * @return false if too many requests wait already
     */
    public boolean retry(Optional<String> customer) {
        return requests.size() < REQUESTS_MAX && requests.add(customer);
    }

    /** Handles the requests and counts what waits. */
    public void update() {
        for (Optional<String> request = requests.poll(); request != null; request = requests.poll()) {
            Optional<String> wanted = request;
            List<UnfundedCustomer> released = destination.customers().unfunded(clock.nanos()).stream()
                    .filter(each -> wanted.isEmpty()
                            || wanted.get().equals(each.customer().value()))
                    .toList();
            released.forEach(each -> queues.release(each.customer()));
            LOG.info(
                    "event=funds_retried customer={} released={}",
                    VisibleText.logged(wanted.orElse("all")),
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
