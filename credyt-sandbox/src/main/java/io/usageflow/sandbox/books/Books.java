package io.usageflow.sandbox.books;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.account.Accounts;
import io.usageflow.sandbox.asset.Assets;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.catalogue.Catalogue;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.customer.Customers;
import io.usageflow.sandbox.customer.Subscription;
import io.usageflow.sandbox.event.Amendments;
import io.usageflow.sandbox.event.Conflicts;
import io.usageflow.sandbox.event.CustomerReference;
import io.usageflow.sandbox.event.EventStore;
import io.usageflow.sandbox.event.Intake;
import io.usageflow.sandbox.event.Judgement;
import io.usageflow.sandbox.event.Submission;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.totals.Tally;
import io.usageflow.sandbox.totals.Totals;
import io.usageflow.sandbox.vendor.Vendor;
import io.usageflow.sandbox.vendor.Vendors;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The whole state. One lock guards all of it: what is read here together belongs together. Parsing and writing of JSON
 * happen outside the lock. The accessors hand out live objects: use them inside {@link #locked} only.
 */
public final class Books {
    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final Catalogue catalogue = new Catalogue();
    private final Customers customers = new Customers();
    private final Vendors vendors = new Vendors();
    private final Assets assets = new Assets();
    private final Accounts accounts;
    private final EventStore events = new EventStore();
    private final Conflicts conflicts = new Conflicts();
    private final Totals totals = new Totals();
    private final Map<String, ObjectNode> webhooks = new LinkedHashMap<>();
    private final Intake intake;
    private final Amendments amendments;

    /** @param timer runs fees that are due later; closed by whoever made it */
    public Books(Clock clock, ScheduledExecutorService timer) {
        this.clock = clock;
        this.timer = timer;
        this.accounts = new Accounts(clock.instant());
        this.intake = new Intake(events, conflicts, totals, vendors, clock);
        this.amendments = new Amendments(events, totals, vendors);
    }

    public <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    public void run(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Judges a batch, and stores and bills what is new in it, as one step. */
    public Judgement take(Submission.Batch batch, Behaviour behaviour) {
        lock.lock();
        try {
            Customer customer = customer(batch.customer())
                    .or(() -> createdOnSight(batch.customer(), behaviour))
                    .orElse(null);
            if (customer == null) {
                totals.countRejected(batch.events().size());
                return new Judgement.CustomerUnknown(batch.customer());
            }
            return new Judgement.Judged(intake.take(customer, batch.events(), behaviour, this::later));
        } finally {
            lock.unlock();
        }
    }

    // The future is not kept: a task that is still due when the timer is closed concerns books that are gone.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void later(long delayMs, Runnable task) {
        timer.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
    }

    public Optional<Customer> customer(CustomerReference reference) {
        return reference.external() ? customers.byExternalId(reference.value()) : customers.byId(reference.value());
    }

    private Optional<Customer> createdOnSight(CustomerReference reference, Behaviour behaviour) {
        if (!behaviour.rules().autoCreateCustomers() || !reference.external()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Customer customer = customers.create(new Customer.Profile(reference.value(), reference.value(), null), now);
        customer.subscribe(new Subscription(Ids.next("sub_"), now, true, catalogue.defaults(), null));
        return Optional.of(customer);
    }

    /** Whether there was such a subscription. */
    public boolean activate(String subscriptionId) {
        return locked(() ->
                customers.all().stream().anyMatch(customer -> customer.activate(subscriptionId, clock.instant())));
    }

    public void rejectedWhole(int eventCount) {
        run(() -> totals.countRejected(eventCount));
    }

    public SandboxStats stats() {
        return locked(() -> {
            Map<String, Tally.View> byCustomer = new LinkedHashMap<>();
            for (Customer customer : customers.all()) {
                if (customer.tally().events() != 0) {
                    byCustomer.put(customer.label(), customer.tally().view());
                }
            }
            return new SandboxStats(
                    totals.all().events(),
                    totals.repeatedRequests(),
                    totals.conflictingContent(),
                    totals.rejected(),
                    totals.all().fees().snapshot(),
                    totals.all().costs().snapshot(),
                    byCustomer,
                    totals.byEventType(),
                    totals.byVendor());
        });
    }

    public Tally tallyOf(Vendor vendor) {
        return totals.vendor(vendor.label());
    }

    /** Forgets everything. */
    public void clear() {
        run(() -> {
            events.clear();
            conflicts.clear();
            totals.clear();
            customers.clear();
            vendors.clear();
            catalogue.clear();
            assets.clear();
            accounts.clear();
            webhooks.clear();
        });
    }

    public Instant now() {
        return clock.instant();
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    public Customers customers() {
        return customers;
    }

    public Vendors vendors() {
        return vendors;
    }

    public Assets assets() {
        return assets;
    }

    public Accounts accounts() {
        return accounts;
    }

    /** The answers to {@code POST /webhooks}, by id. */
    public Map<String, ObjectNode> webhooks() {
        return webhooks;
    }

    public EventStore events() {
        return events;
    }

    public Conflicts conflicts() {
        return conflicts;
    }

    public Amendments amendments() {
        return amendments;
    }
}
