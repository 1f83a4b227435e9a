package io.usageflow.sandbox;

import io.usageflow.sandbox.api.SandboxState;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.Behaviour.Outage;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownAccount;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.Faults;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.ApiResponse;
import io.usageflow.sandbox.http.Gate;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.http.RequestLog;
import io.usageflow.sandbox.http.Route;
import io.usageflow.sandbox.http.SandboxServer;
import io.usageflow.sandbox.resource.Account;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A local stand-in for Credyt: the routes of the API over HTTP, and typed calls to prepare it and to read its state.
 * Keeps everything in memory until it is closed. Thread-safe.
 */
public final class CredytSandbox extends SandboxAccount implements AutoCloseable {
    private static final Clock CLOCK = Clock.systemUTC();

    private final SandboxOptions options;
    private final ScheduledExecutorService timer;
    private final AtomicReference<Behaviour> behaviour;
    private final Map<String, SandboxAccount> connected = new ConcurrentHashMap<>();
    private final Faults faults = new Faults(CLOCK);
    private final RequestLog log = new RequestLog();
    private final SandboxServer server;

    private CredytSandbox(
            SandboxOptions options, ScheduledExecutorService timer, AtomicReference<Behaviour> behaviour) {
        super(new SandboxState(CLOCK, timer, Account.own(CLOCK.instant())), behaviour::get);
        this.options = options;
        this.timer = timer;
        this.behaviour = behaviour;
        load(options.seed());
        this.server = SandboxServer.start(
                options.host(),
                options.port(),
                IntStream.range(0, api().size()).mapToObj(this::dispatched).toList(),
                new AdminRoutes(this).routes(),
                new Gate(behaviour::get, faults, log, timer, CLOCK));
    }

    /** The operation on the account that the request names. */
    private Route dispatched(int operation) {
        Route route = api().get(operation);
        return new Route(
                route.method(),
                route.pattern(),
                request -> onAccount(
                        request,
                        account -> account.api().get(operation).operation().answer(request)));
    }

    ApiResponse onAccount(ApiRequest request, Function<SandboxAccount, ApiResponse> operation) {
        String id = request.account();
        return find(id).map(operation)
                .orElseGet(() -> behaviour().rules().unknownAccount() == UnknownAccount.FORBIDDEN
                        ? Problems.of(403, "There is no access to the account " + id + ".")
                        : Problems.notFound("account", String.valueOf(id)));
    }

    private Optional<SandboxAccount> find(@Nullable String id) {
        if (id == null || id.equals(state().ownAccount().id())) {
            return Optional.of(this);
        }
        Optional<Account> account = state().locked(() -> state().accounts().byId(id));
        return account.map(found -> connected.computeIfAbsent(
                found.id(), key -> new SandboxAccount(new SandboxState(CLOCK, timer, found), behaviour::get)));
    }

    /** Returns the id of the new connected account, for the header {@code X-CREDYT-ACCOUNT}. */
    public String createAccount(String externalId) {
        return post("/accounts", SandboxSeed.vendorBody(externalId), "account " + externalId);
    }

    /**
     * A connected account.
     *
     * @throws IllegalArgumentException if there is none with this id
     */
    public SandboxAccount account(String id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("there is no account " + id));
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
            return new CredytSandbox(options, timer, new AtomicReference<>(options.behaviour()));
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

    /** The operations of the API by their names in fault rules: {@code POST /events}. */
    public List<String> routeNames() {
        return api().stream().map(Route::name).toList();
    }

    public Behaviour behaviour() {
        return Objects.requireNonNull(behaviour.get());
    }

    /** Applies to the requests that begin after it. If the change throws, the behaviour stays as it was. */
    public synchronized void change(UnaryOperator<Behaviour> change) {
        behaviour.set(change.apply(behaviour.get()));
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

    /** As for any account; looks for the subscription in all of them. */
    @Override
    public boolean activateSubscription(String id) {
        return super.activateSubscription(id)
                || connected.values().stream().anyMatch(account -> account.activateSubscription(id));
    }

    /** As for any account; looks for the subscription in all of them. */
    @Override
    public boolean renewSubscription(String id) {
        return super.renewSubscription(id)
                || connected.values().stream().anyMatch(account -> account.renewSubscription(id));
    }

    /** Forgets everything, ends faults and outage, and returns to the behaviour and the seed of the start. */
    public void reset() {
        faults.clear();
        change(now -> options.behaviour());
        log.clear();
        state().run(() -> {
            state().clear();
            connected.clear();
            load(options.seed());
        });
    }

    @Override
    public void close() {
        server.close();
        timer.shutdownNow();
    }
}
