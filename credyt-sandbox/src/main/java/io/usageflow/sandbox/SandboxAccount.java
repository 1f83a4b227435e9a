package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.api.CredytApi;
import io.usageflow.sandbox.api.SandboxState;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.event.EventIntake.Conflicts.Conflict;
import io.usageflow.sandbox.event.EventStore.StoredEvent;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Pricing.Fee;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.Wallet;
import io.usageflow.sandbox.totals.Totals.SandboxStats;
import io.usageflow.sandbox.totals.Totals.UsageCounters.Amounts;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One account of a sandbox: its products, customers, wallets, vendors and events, apart from those of every other
 * account. A {@link CredytSandbox} is the account of the API key; it has the others. Thread-safe.
 */
public sealed class SandboxAccount permits CredytSandbox {
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final int CREATED = 201;

    private final SandboxState state;
    private final List<Route> api;

    SandboxAccount(SandboxState state, Supplier<Behaviour> behaviour) {
        this.state = state;
        this.api = new CredytApi(state, behaviour).routes();
    }

    final SandboxState state() {
        return state;
    }

    /** The operations on this account, in the same order for every account. */
    final List<Route> api() {
        return api;
    }

    /** Returns Credyt's id of the new vendor. */
    public String createVendor(String externalId) {
        return post("/vendors", SandboxSeed.vendorBody(externalId), "vendor " + externalId);
    }

    /** Returns Credyt's id of the new product; its first version is published and the default. */
    public String createProduct(String code, PriceSpec... prices) {
        return post("/products", SandboxSeed.productBody(code, code, prices), "product " + code);
    }

    /** Returns Credyt's id of the new customer, subscribed to the default versions of the products. */
    public String createCustomer(String externalId, String... productCodes) {
        return post("/customers", SandboxSeed.customerBody(externalId, productCodes), "customer " + externalId);
    }

    /**
     * Adds to the present state.
     *
     * @throws IllegalArgumentException if an item is refused; the items before it stay
     */
    public void load(SandboxSeed seed) {
        seed.items().forEach(item -> post(item.path(), item.body(), "seed: " + item.place()));
    }

    /** Runs the same operation as a request, without a socket. Returns the new id. */
    final String post(String path, ObjectNode body, String place) {
        Route route = api.stream()
                .filter(candidate -> candidate.name().equals("POST " + path))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no POST " + path));
        ApiResponse response = route.operation()
                .answer(new ApiRequest(Map.of(), name -> null, null, Json.write(body), "http://sandbox"));
        if (response.status() != CREATED) {
            throw new IllegalArgumentException(
                    place + " was refused: " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return Json.readStored(response.body()).path("id").asText();
    }

    public SandboxStats stats() {
        return state.locked(() -> state.totals().stats());
    }

    public Optional<SandboxEvent> event(String id) {
        return state.locked(() -> state.events().byId(id).map(event -> view(id, event)));
    }

    private static SandboxEvent view(String id, StoredEvent event) {
        Amounts fees = new Amounts();
        event.fees().forEach(fee -> fees.add(fee.asset(), fee.amount()));
        return new SandboxEvent(
                id,
                event.customer().label(),
                new String(Json.write(event.view()), StandardCharsets.UTF_8),
                fees.snapshot());
    }

    /** In the order in which they were stored. */
    public List<String> eventIds() {
        return state.locked(() -> state.events().ids());
    }

    /** The newest repeats with other content, 1,000 at most. */
    public List<Conflict> conflicts() {
        return state.locked(() -> state.conflicts().all());
    }

    /** Waits until at least {@code count} events are stored. Returns whether they came in time. */
    public boolean awaitEvents(long count, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (state.locked(() -> state.events().all().size()) < count) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** The balance of {@code default:<asset>}; may be negative. */
    public BigDecimal balance(String customerExternalId, String asset) {
        return state.locked(() -> {
            SandboxCustomer customer = state.customers()
                    .byKey(customerExternalId)
                    .orElseThrow(() -> new IllegalArgumentException("there is no customer " + customerExternalId));
            return state.wallet(customer).account(Wallet.DEFAULT_ACCOUNT, asset).available();
        });
    }

    /** Removes the event as if it had never been sent. Returns whether it existed. */
    public boolean deleteEvent(String id) {
        return onEvent(id, event -> state.events().delete(event));
    }

    /** The event stays accepted and is not billed. Returns whether it existed. */
    public boolean dropFees(String id) {
        return onEvent(id, event -> state.events().setFees(event, List.of()));
    }

    /** Replaces all fees of the event by one. Returns whether the event existed. */
    public boolean setFee(String id, BigDecimal amount, String asset) {
        return onEvent(id, event -> state.events().setFees(event, List.of(new Fee(amount, asset, null, null))));
    }

    /** Changes the event's fees: to charge some twice, or to drop some. Returns whether the event existed. */
    public boolean changeFees(String id, UnaryOperator<List<Fee>> change) {
        return onEvent(id, event -> state.events().setFees(event, change.apply(event.fees())));
    }

    /**
     * Sets fields of the stored event ({@code data}, {@code costs}...) and keeps its fees. Returns whether it existed.
     *
     * @throws IllegalArgumentException for {@code id} and {@code event_type}, and for an event that would not be valid
     */
    public boolean setContent(String id, ObjectNode fields) {
        return onEvent(id, event -> state.events().setContent(event, fields));
    }

    private boolean onEvent(String id, Consumer<StoredEvent> change) {
        return state.locked(() -> {
            Optional<StoredEvent> event = state.events().byId(id);
            event.ifPresent(change);
            return event.isPresent();
        });
    }

    /** Ends the current period of a subscription's credits, as time would. Returns whether it is active. */
    public boolean renewSubscription(String id) {
        return state.renew(id);
    }

    /** Activates a pending subscription, as if its customer had paid. Returns whether it existed. */
    public boolean activateSubscription(String id) {
        return state.activate(id);
    }
}
