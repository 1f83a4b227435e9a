package io.usageflow.sandbox.resource;

import io.usageflow.sandbox.product.Entitlement;
import io.usageflow.sandbox.product.Product.ProductVersion;
import io.usageflow.sandbox.product.Product.ProductVersion.BillingPrice;
import io.usageflow.sandbox.resource.Wallet.Grant;
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
    private final List<Credits> credits = new ArrayList<>();
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

    /** Makes the accounts of the wallet that the prices need. If the subscription is active, grants its credits. */
    public void subscribe(Subscription subscription) {
        subscriptions.add(subscription);
        subscription.products().stream()
                .flatMap(ProductVersion::assets)
                .forEach(asset -> wallet.account(Wallet.DEFAULT_ACCOUNT, asset));
        if (subscription.active()) {
            begin(subscription);
        }
    }

    /** Begins a pending subscription. Returns whether the subscription exists. */
    public boolean activate(String subscriptionId, Instant now) {
        for (int i = 0; i < subscriptions.size(); i++) {
            Subscription found = subscriptions.get(i);
            if (found.id().equals(subscriptionId)) {
                if (!found.active()) {
                    subscriptions.set(i, new Subscription(found.id(), now, true, found.products(), found.returnUrl()));
                    begin(subscriptions.get(i));
                }
                return true;
            }
        }
        return false;
    }

    private void begin(Subscription subscription) {
        pricesByEventType.clear();
        for (ProductVersion version : subscription.products()) {
            for (Entitlement entitlement : version.entitlements()) {
                credits.add(new Credits(subscription.id(), entitlement, subscription.startedAt(), wallet));
            }
        }
    }

    /** Ends the current period of all credits of the subscription. Returns whether it is active here. */
    public boolean renew(String subscriptionId, Instant now) {
        credits.stream()
                .filter(each -> each.subscriptionId.equals(subscriptionId))
                .forEach(each -> each.renew(now));
        return subscriptions.stream()
                .anyMatch(each -> each.active() && each.id().equals(subscriptionId));
    }

    /** Ends the periods of credits that are over at this time. Call it before the wallet is used. */
    public void renewWhatIsDue(Instant now) {
        for (Credits each : credits) {
            for (Instant end = each.end(); end != null && !end.isAfter(now); end = each.end()) {
                each.renew(end);
            }
        }
    }

    /** The credits of one entitlement of a subscription, in their current period. Not thread-safe. */
    private static final class Credits {
        private final String subscriptionId;
        private final Entitlement entitlement;
        private final Wallet wallet;
        private @Nullable Instant begun;
        private Grant grant;

        Credits(String subscriptionId, Entitlement entitlement, Instant now, Wallet wallet) {
            this.subscriptionId = subscriptionId;
            this.entitlement = entitlement;
            this.wallet = wallet;
            this.begun = now;
            this.grant = wallet.grant(entitlement.asset(), entitlement.amount());
        }

        /** The end of the current period; null if the credits never expire, or have expired for good. */
        @Nullable
        Instant end() {
            Instant start = begun;
            return start == null
                    ? null
                    : entitlement
                            .lifetime()
                            .map(lifetime -> lifetime.after(start))
                            .orElse(null);
        }

        void renew(Instant now) {
            if (begun == null || entitlement.lifetime().isEmpty()) {
                return;
            }
            grant.expire();
            if (entitlement.refreshed()) {
                grant = wallet.grant(entitlement.asset(), entitlement.amount());
                begun = now;
            } else {
                begun = null;
            }
        }
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
