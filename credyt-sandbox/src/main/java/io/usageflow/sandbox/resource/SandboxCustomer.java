package io.usageflow.sandbox.resource;

import io.usageflow.sandbox.product.Product.ProductVersion;
import io.usageflow.sandbox.product.Product.ProductVersion.BillingPrice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A customer with its subscriptions and its wallet. Not thread-safe. */
public final class SandboxCustomer {
    private final String id;
    private final Profile profile;
    private final Instant createdAt;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Map<String, List<BillingPrice>> pricesByEventType = new HashMap<>();
    private final Wallet wallet = new Wallet();

    public SandboxCustomer(String id, Profile profile, Instant createdAt) {
        this.id = id;
        this.profile = profile;
        this.createdAt = createdAt;
    }

    /** The publisher's own facts about a customer. */
    public record Profile(
            @Nullable String externalId,
            @Nullable String name,
            @Nullable String email) {}

    /**
     * A subscription. Immutable; its versions are those of the moment of subscribing.
     *
     * @param active false while a price that is paid up front waits for its payment
     * @param returnUrl where the hosted payment page would send the customer
     */
    public record Subscription(
            String id,
            Instant startedAt,
            boolean active,
            List<ProductVersion> products,
            @Nullable String returnUrl) {
        public Subscription {
            products = List.copyOf(products);
        }
    }

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

    /** The name in totals: the publisher's own id if there is one. */
    public String label() {
        String externalId = profile.externalId();
        return externalId == null ? id : externalId;
    }

    public Wallet wallet() {
        return wallet;
    }

    public List<Subscription> subscriptions() {
        return Collections.unmodifiableList(subscriptions);
    }

    public void subscribe(Subscription subscription) {
        subscriptions.add(subscription);
        pricesByEventType.clear();
    }

    /** Returns whether the subscription exists. */
    public boolean activate(String subscriptionId, Instant now) {
        for (int i = 0; i < subscriptions.size(); i++) {
            Subscription found = subscriptions.get(i);
            if (found.id().equals(subscriptionId)) {
                subscriptions.set(i, new Subscription(found.id(), now, true, found.products(), found.returnUrl()));
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
        List<BillingPrice> prices = subscriptions.stream()
                .filter(Subscription::active)
                .flatMap(subscription -> subscription.products().stream())
                .flatMap(version -> version.pricesFor(eventType))
                .toList();
        // Only priced types are remembered: a client that sends a new event type each time must not fill the memory.
        if (!prices.isEmpty()) {
            pricesByEventType.put(eventType, prices);
        }
        return prices;
    }
}
