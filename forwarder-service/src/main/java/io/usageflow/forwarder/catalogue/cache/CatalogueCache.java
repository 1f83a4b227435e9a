package io.usageflow.forwarder.catalogue.cache;

import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.SubscribedPrices;
import io.usageflow.forwarder.catalogue.Subscriptions;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.links.Link.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last reading of each account's products and of each customer. Readings stay until a newer one replaces them,
 * however old they become. Does no I/O: {@link CatalogueWatch} asks which customers to read and stores the answers.
 * Thread-safe.
 */
public final class CatalogueCache implements Forecasts {
    /** Bound of the customers that wait to be read; further ones are asked for again with their next event. */
    static final int WANTED_MAX = 10_000;
    /** Bound of the connected accounts whose products are read. */
    static final int ACCOUNTS_MAX = 1_000;
    /** Bound of the distinct sets of subscriptions, since each has a memory of its own. */
    private static final int SUBSCRIPTIONS_MAX = 10_000;
    /** A customer that has to act is read again sooner, so that a held event leaves soon after. */
    static final Duration REREAD_UNBILLED = Duration.ofSeconds(10);
    /** Causes that a change of the customer can remove. */
    private static final Set<Cause> OF_CUSTOMER =
            EnumSet.of(Cause.SUBSCRIPTION_PENDING, Cause.PRODUCT_NOT_SUBSCRIBED, Cause.CUSTOMER_UNKNOWN);

    private final Set<String> free;
    private final long refreshNanos;
    private final Duration ageMax;
    private final int customersMax;
    private final LongSupplier nanos;

    /** That of the settings is always there; a connected one since its first event. */
    private final Map<Optional<String>, Products> products = new ConcurrentHashMap<>();

    private final Products own;
    private final Map<Reference, Customer> customers = new ConcurrentHashMap<>();
    /** Since when a customer has been wanted. */
    private final Map<Reference, Long> wanted = new ConcurrentHashMap<>();

    private final Queue<Reference> unread = new ConcurrentLinkedQueue<>();
    private final Queue<Reference> aged = new ConcurrentLinkedQueue<>();
    private final AtomicLong version = new AtomicLong();

    /** @param nanos a monotonic clock such as {@link System#nanoTime} */
    public CatalogueCache(CatalogueSettings settings, LongSupplier nanos) {
        this.free = settings.freeEventTypes();
        this.refreshNanos = settings.refreshInterval().toNanos();
        this.ageMax = settings.ageMax();
        this.customersMax = settings.customersMax();
        this.nanos = nanos;
        this.own = new Products(nanos.getAsLong());
        products.put(Optional.empty(), own);
    }

    /** The products of one account at Credyt. */
    private static final class Products {
        /** Since when they have been wanted. */
        final long startedNanos;

        volatile @Nullable Prices prices;
        /** Whether they should be read before their time. */
        volatile boolean wanted;

        Products(long startedNanos) {
            this.startedNanos = startedNanos;
        }

        /** When they were read, or since when there has been no reading. */
        long sinceNanos() {
            Prices known = prices;
            return known == null ? startedNanos : known.readNanos;
        }
    }

    /** One reading of the products, with the prices by subscriptions. */
    private record Prices(Catalogue catalogue, long readNanos, Map<Subscriptions, SubscribedPrices> bySubscriptions) {
        SubscribedPrices of(Subscriptions subscriptions) {
            SubscribedPrices known = bySubscriptions.get(subscriptions);
            if (known == null) {
                if (bySubscriptions.size() >= SUBSCRIPTIONS_MAX) {
                    bySubscriptions.clear();
                }
                known = new SubscribedPrices(catalogue, subscriptions);
                bySubscriptions.put(subscriptions, known);
            }
            return known;
        }
    }

    private static final class Customer {
        final CustomerReading reading;
        final long readNanos;
        volatile long usedNanos;

        Customer(CustomerReading reading, long readNanos, long usedNanos) {
            this.reading = reading;
            this.readNanos = readNanos;
            this.usedNanos = usedNanos;
        }
    }

    @Override
    public CatalogueAnswer of(Reference reference, String eventType, Map<String, Object> data) {
        if (free.contains(eventType)) {
            return new CatalogueAnswer.Free();
        }
        long now = nanos.getAsLong();
        Products account = products(reference.credytAccount(), now);
        if (account == null) {
            return new CatalogueAnswer.Known(
                    new BillingForecast.Undecided(
                            "the products of more than " + ACCOUNTS_MAX + " connected accounts are not read"),
                    Duration.ZERO,
                    false);
        }
        Customer customer = customers.get(reference);
        if (customer == null) {
            want(reference, unread, now);
        } else {
            customer.usedNanos = now;
            if (now - customer.readNanos >= refreshNanos) {
                want(reference, aged, now);
            }
        }
        Prices known = account.prices;
        if (known == null || customer == null) {
            long missing = customer == null ? now - wanted.getOrDefault(reference, now) : 0;
            return new CatalogueAnswer.NotRead(
                    Duration.ofNanos(known == null ? Math.max(missing, now - account.startedNanos) : missing));
        }
        if (isNewer(customer, known)) {
            account.wanted = true;
            return new CatalogueAnswer.NotRead(Duration.ofNanos(now - customer.readNanos));
        }
        BillingForecast forecast = customer.reading.forecast(
                subscriptions -> known.of(subscriptions).of(eventType, data));
        if (now - customer.readNanos >= REREAD_UNBILLED.toNanos() && isOfCustomer(forecast)) {
            want(reference, aged, now);
        }
        Duration age = Duration.ofNanos(Math.max(now - known.readNanos, now - customer.readNanos));
        return new CatalogueAnswer.Known(forecast, age, age.compareTo(ageMax) > 0);
    }

    /** Null for one account too many. */
    private @Nullable Products products(Optional<String> account, long now) {
        Products known = products.get(account);
        return known != null || products.size() > ACCOUNTS_MAX
                ? known
                : products.computeIfAbsent(account, first -> new Products(now));
    }

    /** Whether the customer has subscribed to something that may have come after the products were read. */
    private static boolean isNewer(Customer customer, Prices known) {
        return customer.readNanos - known.readNanos > 0
                && customer.reading instanceof CustomerReading.Subscribed subscribed
                && !known.of(subscribed.subscriptions()).isWhole();
    }

    /** The accounts whose products to read; empty for that of the settings. */
    Set<Optional<String>> accounts() {
        return products.keySet();
    }

    /** Whether the products of one of {@link #accounts} should be read before their time. */
    boolean areProductsWanted(Optional<String> account) {
        return Objects.requireNonNull(products.get(account)).wanted;
    }

    private static boolean isOfCustomer(BillingForecast forecast) {
        return forecast.match(
                billed -> false,
                notBilled -> OF_CUSTOMER.contains(notBilled.nearest().cause()),
                undecided -> false);
    }

    private void want(Reference reference, Queue<Reference> queue, long now) {
        if (wanted.size() < WANTED_MAX && wanted.putIfAbsent(reference, now) == null) {
            queue.add(reference);
        }
    }

    @Override
    public long version() {
        return version.get();
    }

    /** Takes customers to read, those that were never read first. Each goes to {@link #store} or {@link #giveBack}. */
    List<Reference> take(int max) {
        List<Reference> taken = new ArrayList<>();
        for (Queue<Reference> queue : List.of(unread, aged)) {
            for (Reference next = queue.peek(); next != null && taken.size() < max; next = queue.peek()) {
                taken.add(next);
                queue.remove();
            }
        }
        return taken;
    }

    /** These could not be read, and are still wanted. */
    void giveBack(List<Reference> references) {
        references.forEach(reference -> (customers.containsKey(reference) ? aged : unread).add(reference));
    }

    /** Stores a reading of customers. */
    public void store(Map<Reference, CustomerReading> readings) {
        long now = nanos.getAsLong();
        readings.forEach((reference, reading) -> {
            Customer before = customers.get(reference);
            customers.put(reference, new Customer(reading, now, before == null ? now : before.usedNanos));
            wanted.remove(reference);
            if (before == null || !before.reading.equals(reading)) {
                version.incrementAndGet();
            }
        });
        if (customers.size() > customersMax) {
            forgetLongestUnused();
        }
    }

    private void forgetLongestUnused() {
        record Use(Reference reference, long nanos) {}
        List<Use> uses = new ArrayList<>();
        customers.forEach((reference, customer) -> uses.add(new Use(reference, customer.usedNanos)));
        uses.sort(Comparator.comparingLong(Use::nanos));
        // A twentieth more, so that the next customers do not sort again.
        int excess = uses.size() - customersMax + customersMax / 20;
        uses.stream().limit(excess).map(Use::reference).forEach(customers::remove);
    }

    /**
     * Stores a reading of the products of an account, empty for that of the settings.
     *
     * @return false if it has gaps that an earlier one did not have: that one stays until it is stale
     */
    public boolean store(Optional<String> credytAccount, Catalogue catalogue) {
        long now = nanos.getAsLong();
        Products account = products(credytAccount, now);
        if (account == null) {
            return false;
        }
        account.wanted = false;
        Prices before = account.prices;
        if (before != null
                && !catalogue.gaps().isEmpty()
                && before.catalogue.gaps().isEmpty()
                && now - before.readNanos < ageMax.toNanos()) {
            return false;
        }
        if (before != null && before.catalogue.equals(catalogue)) {
            account.prices = new Prices(before.catalogue, now, before.bySubscriptions);
        } else {
            account.prices = new Prices(catalogue, now, new ConcurrentHashMap<>());
            version.incrementAndGet();
        }
        return true;
    }

    /** The products of the settings' account as last read; empty before the first reading. */
    public List<Catalogue.Product> products() {
        Prices known = own.prices;
        return known == null ? List.of() : known.catalogue.products();
    }

    /** That of the settings' account as last read; empty before the first reading. Another object after each change. */
    public Optional<Catalogue> catalogue() {
        return Optional.ofNullable(own.prices).map(Prices::catalogue);
    }

    /** The customer as last read; empty before the first reading, which this does not ask for. */
    public Optional<CustomerReading> customer(Reference reference) {
        return Optional.ofNullable(customers.get(reference)).map(customer -> customer.reading);
    }

    /** How old the reading of the products is, or for how long there has been none; of accounts, the oldest. */
    public Duration age() {
        long now = nanos.getAsLong();
        return Duration.ofNanos(products.values().stream()
                .mapToLong(account -> now - account.sinceNanos())
                .max()
                .orElseThrow());
    }

    /** Whether there is a reading of the settings' account. */
    boolean isRead() {
        return own.prices != null;
    }

    boolean isStale() {
        return age().compareTo(ageMax) > 0;
    }

    /** Customers that were read. */
    int customers() {
        return customers.size();
    }

    /** Customers that were never read and are wanted. */
    int unread() {
        return unread.size();
    }

    /** For how long the longest waiting customer has been wanted without any reading; zero if none is. */
    Duration unreadFor() {
        long now = nanos.getAsLong();
        OptionalLong oldest = wanted.entrySet().stream()
                .filter(entry -> !customers.containsKey(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .min();
        return oldest.isPresent() ? Duration.ofNanos(now - oldest.getAsLong()) : Duration.ZERO;
    }
}
