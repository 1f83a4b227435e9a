package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.admin.AdminRoutes;
import io.usageflow.sandbox.admin.Control;
import io.usageflow.sandbox.api.CredytApi;
import io.usageflow.sandbox.api.EventView;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.Outage;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.books.SandboxStats;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.customer.Wallet;
import io.usageflow.sandbox.event.Conflicts.Conflict;
import io.usageflow.sandbox.event.Fee;
import io.usageflow.sandbox.event.StoredEvent;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.http.RequestLog;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.http.SandboxServer;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.totals.Amounts;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A Credyt of one's own: the routes of the API over HTTP, and a typed way to arrange and to look behind. Keeps everything
 * in memory. Thread-safe. Close it once; what it held is then gone.
 */
public final class CredytSandbox implements Control, AutoCloseable {
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

    private final SandboxOptions options;
    private final ScheduledExecutorService timer;
    private volatile Behaviour behaviour;
    private final Books books;
    private final Faults faults;
    private final RequestLog log = new RequestLog();
    private final Registrar registrar;
    private final List<String> routeNames;
    private final SandboxServer server;

    private CredytSandbox(SandboxOptions options, ScheduledExecutorService timer) {
        Clock clock = Clock.systemUTC();
        this.options = options;
        this.timer = timer;
        this.behaviour = options.behaviour();
        this.books = new Books(clock, timer);
        this.faults = new Faults(clock);
        List<Route> api = CredytApi.routes(books, () -> behaviour);
        this.routeNames = api.stream().map(Route::name).toList();
        this.registrar = new Registrar(api);
        registrar.load(options.seed());
        this.server = SandboxServer.start(
                options.host(),
                options.port(),
                api,
                new AdminRoutes(this).routes(),
                new SandboxServer.Surroundings(() -> behaviour, faults, log, timer, clock));
    }

    /**
     * Starts listening.
     *
     * @throws IllegalStateException where the port is in use; the message has the remedy
     * @throws IllegalArgumentException where the seed is refused; the message names the item
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
        return registrar.post(
                "/vendors",
                Json.object().put("name", externalId).put("external_id", externalId),
                "vendor " + externalId);
    }

    /** Returns Credyt's id of the new product; its first version is published and the default. */
    public String createProduct(String code, PriceSpec... prices) {
        return registrar.post("/products", SandboxSeed.productBody(code, code, prices), "product " + code);
    }

    /** Returns Credyt's id of the new customer, subscribed to the default versions of the products. */
    public String createCustomer(String externalId, String... productCodes) {
        return registrar.post(
                "/customers", SandboxSeed.customerBody(externalId, productCodes), "customer " + externalId);
    }

    @Override
    public List<String> routeNames() {
        return routeNames;
    }

    @Override
    public SandboxStats stats() {
        return books.stats();
    }

    public Optional<SandboxEvent> event(String id) {
        return books.locked(() -> books.events().byId(id).map(event -> view(id, event)));
    }

    @Override
    public List<String> eventIds() {
        return books.locked(() -> books.events().ids());
    }

    @Override
    public List<Conflict> conflicts() {
        return books.locked(() -> books.conflicts().all());
    }

    /** Waits until so many events are stored. Whether they came in time. */
    public boolean awaitEvents(long count, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (books.locked(() -> books.events().size()) < count) {
            if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** The balance of {@code default:<asset>}; may be negative. */
    public BigDecimal balance(String customerExternalId, String asset) {
        return books.locked(() -> {
            Customer customer = books.customers()
                    .byExternalId(customerExternalId)
                    .orElseThrow(() -> new IllegalArgumentException("there is no customer " + customerExternalId));
            return customer.wallet().account(Wallet.DEFAULT_ACCOUNT, asset).available();
        });
    }

    @Override
    public Behaviour behaviour() {
        return behaviour;
    }

    @Override
    public synchronized void change(UnaryOperator<Behaviour> change) {
        behaviour = change.apply(behaviour);
    }

    public void outage(Outage outage) {
        change(now -> now.withOutage(outage));
    }

    /** Every request is answered 503, or served again. */
    public void outage(boolean on) {
        outage(on ? Outage.UNAVAILABLE : Outage.NONE);
    }

    @Override
    public int inject(FaultRule rule) {
        String route = rule.match().route();
        if (route != null && !routeNames.contains(route)) {
            throw new IllegalArgumentException("there is no route " + route + ": use one of " + routeNames);
        }
        return faults.add(rule);
    }

    @Override
    public boolean removeFault(int rule) {
        return faults.remove(rule);
    }

    @Override
    public void clearFaults() {
        faults.clear();
    }

    @Override
    public List<Faults.View> faults() {
        return faults.all();
    }

    @Override
    public RequestLog requests() {
        return log;
    }

    @Override
    public boolean deleteEvent(String id) {
        return amend(id, event -> books.amendments().delete(event));
    }

    @Override
    public boolean dropFees(String id) {
        return amend(id, event -> books.amendments().setFees(event, List.of()));
    }

    @Override
    public boolean setFee(String id, BigDecimal amount, String asset) {
        return amend(id, event -> books.amendments().setFees(event, List.of(new Fee(amount, asset, null, null))));
    }

    @Override
    public boolean setContent(String id, ObjectNode fields) {
        return amend(id, event -> books.amendments().setContent(event, fields));
    }

    @Override
    public boolean activateSubscription(String id) {
        return books.activate(id);
    }

    @Override
    public void load(JsonNode seed) {
        load(SandboxSeed.of("that was given", seed));
    }

    public void load(SandboxSeed seed) {
        registrar.load(seed);
    }

    private boolean amend(String id, java.util.function.Consumer<StoredEvent> change) {
        return books.locked(() -> {
            Optional<StoredEvent> event = books.events().byId(id);
            event.ifPresent(change);
            return event.isPresent();
        });
    }

    @Override
    public void reset() {
        faults.clear();
        change(now -> options.behaviour());
        log.clear();
        books.run(() -> {
            books.clear();
            registrar.load(options.seed());
        });
    }

    private static SandboxEvent view(String id, StoredEvent event) {
        Amounts fees = new Amounts();
        event.fees().forEach(fee -> fees.add(fee.asset(), fee.amount()));
        return new SandboxEvent(
                id,
                event.customer().label(),
                new String(Json.write(EventView.full(event)), StandardCharsets.UTF_8),
                fees.snapshot());
    }

    @Override
    public void close() {
        server.close();
        timer.shutdownNow();
    }
}
