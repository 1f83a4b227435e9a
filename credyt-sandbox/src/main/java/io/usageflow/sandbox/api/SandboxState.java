package io.usageflow.sandbox.api;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.event.EventIntake;
import io.usageflow.sandbox.event.EventIntake.Conflicts;
import io.usageflow.sandbox.event.EventIntake.ItemResult;
import io.usageflow.sandbox.event.EventStore;
import io.usageflow.sandbox.event.Submission.Batch;
import io.usageflow.sandbox.event.Submission.CustomerReference;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.product.Product;
import io.usageflow.sandbox.resource.Account;
import io.usageflow.sandbox.resource.Asset;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.SandboxCustomer.Subscription;
import io.usageflow.sandbox.resource.Vendor;
import io.usageflow.sandbox.resource.Wallet;
import io.usageflow.sandbox.totals.Totals;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The whole state of one account under one lock. The accessors return live objects: use them inside {@link #locked}
 * only. JSON is parsed and written outside the lock.
 */
public final class SandboxState {
    private final ReentrantLock lock = new ReentrantLock();
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final ResourceTable<Product> products = new ResourceTable<>(Product::id, Product::code);
    private final ResourceTable<SandboxCustomer> customers =
            new ResourceTable<>(SandboxCustomer::id, SandboxCustomer::externalId);
    private final ResourceTable<Vendor> vendors = new ResourceTable<>(Vendor::id, Vendor::externalId);
    private final ResourceTable<Asset> assets = new ResourceTable<>(Asset::code, Asset::code);
    private final ResourceTable<Account> accounts = new ResourceTable<>(Account::id, Account::externalId);
    private final ResourceTable<Webhook> webhooks = new ResourceTable<>(Webhook::id, webhook -> null);
    private final Account ownAccount;
    private final Totals totals = new Totals();
    private final EventStore events = new EventStore(totals, vendors);
    private final Conflicts conflicts = new Conflicts();
    private final EventIntake intake;

    /** A destination of {@code POST /webhooks}, as the API shows it. */
    public record Webhook(
            String id, String url, boolean connect, List<String> topics, String secret, Instant createdAt) {}

    /**
     * Begins empty.
     *
     * @param timer runs fees that are due later; the caller closes it
     * @param ownAccount the account whose state this is
     */
    public SandboxState(Clock clock, ScheduledExecutorService timer, Account ownAccount) {
        this.clock = clock;
        this.timer = timer;
        this.ownAccount = ownAccount;
        this.intake = new EventIntake(events, conflicts, totals, vendors, clock);
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

    /** Checks a batch, and stores and bills its new events, in one step. Empty if the customer is not known. */
    public Optional<List<ItemResult>> take(Batch batch, Behaviour behaviour) {
        return locked(() -> {
            Optional<SandboxCustomer> customer =
                    customer(batch.customer()).or(() -> createOnSight(batch.customer(), behaviour));
            if (customer.isEmpty()) {
                totals.countRejected(batch.events().size());
            }
            customer.ifPresent(this::wallet);
            return customer.map(found -> intake.take(found, batch.events(), behaviour, this::later));
        });
    }

    // The future is not kept: a task that is due after the timer is closed concerns a state that is gone.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void later(long delayMs, Runnable task) {
        timer.schedule(() -> run(task), delayMs, TimeUnit.MILLISECONDS);
    }

    public Optional<SandboxCustomer> customer(CustomerReference reference) {
        return reference.external() ? customers.byKey(reference.value()) : customers.byId(reference.value());
    }

    private Optional<SandboxCustomer> createOnSight(CustomerReference reference, Behaviour behaviour) {
        if (!behaviour.rules().autoCreateCustomers() || !reference.external()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        SandboxCustomer customer = customers.add(new SandboxCustomer(
                Ids.next("cust_"), new SandboxCustomer.Profile(reference.value(), reference.value(), null), now));
        customer.subscribe(new Subscription(
                Ids.next("sub_"),
                now,
                true,
                products.all().stream()
                        .flatMap(product -> product.version(Product.DEFAULT).stream())
                        .toList(),
                null));
        return Optional.of(customer);
    }

    /** Activates a pending subscription. Returns whether it exists. */
    public boolean activate(String subscriptionId) {
        return locked(() ->
                customers.all().stream().anyMatch(customer -> customer.activate(subscriptionId, clock.instant())));
    }

    /** Ends the current period of a subscription's credits. Returns whether the subscription is active. */
    public boolean renew(String subscriptionId) {
        return locked(
                () -> customers.all().stream().anyMatch(customer -> customer.renew(subscriptionId, clock.instant())));
    }

    public boolean isKnownAsset(String code) {
        return Asset.isCurrency(code) || assets.isTaken(code);
    }

    /** The code of the asset as it is written here, whatever the case of its letters; empty if there is none. */
    public Optional<String> assetCode(String code) {
        String currency = code.toUpperCase(Locale.ROOT);
        return assets.all().stream()
                .map(Asset::code)
                .filter(code::equalsIgnoreCase)
                .findFirst()
                .or(() -> Asset.isCurrency(currency) ? Optional.of(currency) : Optional.empty());
    }

    public Wallet wallet(SandboxCustomer customer) {
        customer.renewWhatIsDue(clock.instant());
        return customer.wallet();
    }

    /** Forgets everything. */
    public void clear() {
        run(() -> {
            events.clear();
            conflicts.clear();
            totals.clear();
            List.of(customers, vendors, products, assets, accounts, webhooks).forEach(ResourceTable::clear);
        });
    }

    public Instant now() {
        return clock.instant();
    }

    public ResourceTable<Product> products() {
        return products;
    }

    public ResourceTable<SandboxCustomer> customers() {
        return customers;
    }

    public ResourceTable<Vendor> vendors() {
        return vendors;
    }

    /** The created assets, without the currencies. */
    public ResourceTable<Asset> assets() {
        return assets;
    }

    /** The accounts below the API key's own account. */
    public ResourceTable<Account> accounts() {
        return accounts;
    }

    public Account ownAccount() {
        return ownAccount;
    }

    public ResourceTable<Webhook> webhooks() {
        return webhooks;
    }

    public EventStore events() {
        return events;
    }

    public Conflicts conflicts() {
        return conflicts;
    }

    public Totals totals() {
        return totals;
    }
}
