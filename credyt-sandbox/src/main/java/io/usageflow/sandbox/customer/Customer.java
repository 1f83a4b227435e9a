package io.usageflow.sandbox.customer;

import io.usageflow.sandbox.catalogue.Price;
import io.usageflow.sandbox.catalogue.ProductVersion;
import io.usageflow.sandbox.totals.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A customer. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Customer {
    private final String id;
    private final Profile profile;
    private final Instant createdAt;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Map<String, List<BillingPrice>> pricesByEventType = new HashMap<>();
    private final Wallet wallet = new Wallet();
    private final Tally tally = new Tally();

    Customer(String id, Profile profile, Instant createdAt) {
        this.id = id;
        this.profile = profile;
        this.createdAt = createdAt;
    }

    /** What the publisher says of a customer. */
    public record Profile(
            @Nullable String externalId,
            @Nullable String name,
            @Nullable String email) {}

    /** A price that bills this customer, and the version that it stands in. */
    public record BillingPrice(ProductVersion version, Price price) {}

    public String id() {
        return id;
    }

    public @Nullable String externalId() {
        return profile.externalId();
    }

    public Profile profile() {
        return profile;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** How totals call the customer: the publisher's own id where there is one. */
    public String label() {
        String externalId = profile.externalId();
        return externalId == null ? id : externalId;
    }

    public Wallet wallet() {
        return wallet;
    }

    public Tally tally() {
        return tally;
    }

    public List<Subscription> subscriptions() {
        return Collections.unmodifiableList(subscriptions);
    }

    public void subscribe(Subscription subscription) {
        subscriptions.add(subscription);
        pricesByEventType.clear();
    }

    /** Whether there was such a subscription. */
    public boolean activate(String subscriptionId, Instant now) {
        for (int i = 0; i < subscriptions.size(); i++) {
            if (subscriptions.get(i).id().equals(subscriptionId)) {
                subscriptions.set(i, subscriptions.get(i).activated(now));
                pricesByEventType.clear();
                return true;
            }
        }
        return false;
    }

    /** The prices of the active subscriptions that count the event type. */
    public List<BillingPrice> pricesFor(String eventType) {
        List<BillingPrice> known = pricesByEventType.get(eventType);
        if (known != null) {
            return known;
        }
        List<BillingPrice> prices = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            if (subscription.active()) {
                subscription.products().forEach(version -> version.prices().stream()
                        .filter(price -> price.counts(eventType))
                        .forEach(price -> prices.add(new BillingPrice(version, price))));
            }
        }
        // Only what is priced is remembered: a client that sends a new event type each time must not fill the memory.
        if (!prices.isEmpty()) {
            pricesByEventType.put(eventType, prices);
        }
        return prices;
    }
}
