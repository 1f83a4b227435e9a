package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.api.CredytApi;
import io.usageflow.sandbox.api.SandboxState;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.Behaviour.Outage;
import io.usageflow.sandbox.event.EventIntake.Conflicts.Conflict;
import io.usageflow.sandbox.event.EventStore.StoredEvent;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Gate;
import io.usageflow.sandbox.http.RequestLog;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.http.SandboxServer;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Pricing.Fee;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.Wallet;
import io.usageflow.sandbox.totals.Totals.SandboxStats;
import io.usageflow.sandbox.totals.Totals.UsageCounters.Amounts;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A local stand-in for Credyt: the routes of the API over HTTP, and typed calls to prepare it and to read its state.
 * Keeps everything in memory until it is closed. Thread-safe.
 */
public final class CredytSandbox implements AutoCloseable {
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final int CREATED = 201;

    private final SandboxOptions options;
    private final ScheduledExecutorService timer;
    private final SandboxState state;
    private final Faults faults;
    private final RequestLog log = new RequestLog();
    private final List<Route> api;
    private final SandboxServer server;
    private volatile Behaviour behaviour;

    private CredytSandbox(SandboxOptions options, ScheduledExecutorService timer) {
        Clock clock = Clock.systemUTC();
        this.options = options;
        this.timer = timer;
        this.behaviour = options.behaviour();
        this.state = new SandboxState(clock, timer);
        this.faults = new Faults(clock);
        this.api = new CredytApi(state, () -> behaviour).routes();
        load(options.seed());
        this.server = SandboxServer.start(
                options.host(),
                options.port(),
                api,
                new AdminRoutes(this).routes(),
                new Gate(() -> behaviour, faults, log, timer, clock));
    }

    /**
     * Starts listening.
     *
     * @throws IllegalStateException if the port is in use; the message has the remedy
     * @throws IllegalArgumentException if the seed is refused; the message names the item
     */
    public static CredytSandbox start(SandboxOptions options) {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, task -> {
            Thread thread = new Thread(task, "credyt-sandbox-timer");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return new CredytSandbox(options, timer);
        } catch (RuntimeException e) {
            timer.shutdownNow();
            throw e;
        }
    }

    public static CredytSandbox start() {
        return start(SandboxOptions.defaults());
    }

    /** Without a slash at the end. */
    public URI url() {
        String host = options.host().equals("0.0.0.0") ? "127.0.0.1" : options.host();
        return URI.create("http://" + host + ":" + port());
    }

    public int port() {
        return server.port();
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
    private String post(String path, ObjectNode body, String place) {
        Route route = api.stream()
                .filter(candidate -> candidate.name().equals("POST " + path))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no POST " + path));
        ApiResponse response =
                route.operation().answer(new ApiRequest(Map.of(), name -> null, Json.write(body), "http://sandbox"));
        if (response.status() != CREATED) {
            throw new IllegalArgumentException(
                    place + " was refused: " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return Json.readStored(response.body()).path("id").asText();
    }

    /** The operations of the API by their names in fault rules: {@code POST /events}. */
    public List<String> routeNames() {
        return api.stream().map(Route::name).toList();
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
            return customer.wallet().account(Wallet.DEFAULT_ACCOUNT, asset).available();
        });
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    /** Applies to the requests that begin after it. If the change throws, the behaviour stays as it was. */
    public synchronized void change(UnaryOperator<Behaviour> change) {
        behaviour = change.apply(behaviour);
    }

    /** Changes one switch, as {@link SandboxOptions#with}. */
    public void change(String path, Object value) {
        change(now -> now.with(path, value));
    }

    public void outage(Outage outage) {
        change("outage", outage);
    }

    /** {@code true}: every request is answered 503. {@code false}: requests are served. */
    public void outage(boolean on) {
        outage(on ? Outage.UNAVAILABLE : Outage.NONE);
    }

    /**
     * Returns the number of the rule, for {@link #removeFault}.
     *
     * @throws IllegalArgumentException if the rule names an unknown route: it could never strike
     */
    public int inject(FaultRule rule) {
        String route = rule.match().route();
        if (route != null && !routeNames().contains(route)) {
            throw new IllegalArgumentException("there is no route " + route + ": use one of " + routeNames());
        }
        return faults.add(rule);
    }

    /** Returns whether the rule existed. */
    public boolean removeFault(int rule) {
        return faults.remove(rule);
    }

    public void clearFaults() {
        faults.clear();
    }

    public List<Faults.View> faults() {
        return faults.all();
    }

    public RequestLog requests() {
        return log;
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

    /** Activates a pending subscription, as if its customer had paid. Returns whether it existed. */
    public boolean activateSubscription(String id) {
        return state.activate(id);
    }

    /** Forgets everything, ends faults and outage, and returns to the behaviour and the seed of the start. */
    public void reset() {
        faults.clear();
        change(now -> options.behaviour());
        log.clear();
        state.run(() -> {
            state.clear();
            load(options.seed());
        });
    }

    @Override
    public void close() {
        server.close();
        timer.shutdownNow();
    }
}
