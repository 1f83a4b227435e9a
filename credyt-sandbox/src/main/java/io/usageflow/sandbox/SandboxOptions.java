package io.usageflow.sandbox;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The options of a sandbox at its start. Immutable. Everything in {@link #behaviour} can also be changed later.
 *
 * @param port 0 (default) takes a free one
 * @param host address to listen on, 127.0.0.1 by default; any other opens a billing API without a real key
 *     check to the network, and is meant for a container whose port is published on 127.0.0.1 only
 * @param seed the content at the start and after a reset; empty by default
 */
public record SandboxOptions(int port, String host, SandboxSeed seed, Behaviour behaviour) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORT_MAX = 65_535;

    public SandboxOptions {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port is " + port + ": use 0 for a free one, or up to " + PORT_MAX);
        }
    }

    public static SandboxOptions defaults() {
        return new SandboxOptions(0, LOOPBACK, SandboxSeed.empty(), Behaviour.DEFAULT);
    }

    /** For development: the seed {@link SandboxSeed#dev}, unknown customers created on sight, any vendor. */
    public static SandboxOptions dev() {
        return defaults()
                .withSeed(SandboxSeed.dev())
                .withAutoCreateCustomers(true)
                .with(now -> now.withRules(now.rules().withUnknownVendor(UnknownVendor.ACCEPT)));
    }

    public SandboxOptions withPort(int changed) {
        return new SandboxOptions(changed, host, seed, behaviour);
    }

    public SandboxOptions withHost(String changed) {
        return new SandboxOptions(port, changed, seed, behaviour);
    }

    public SandboxOptions withSeed(SandboxSeed changed) {
        return new SandboxOptions(port, host, changed, behaviour);
    }

    /** For every switch that has no method here. */
    public SandboxOptions with(UnaryOperator<Behaviour> change) {
        return new SandboxOptions(port, host, seed, change.apply(behaviour));
    }

    /** Accepts these keys only; by default every key that is not blank is accepted. */
    public SandboxOptions withApiKeys(String... keys) {
        return with(now -> now.withApiKeys(Set.of(keys)));
    }

    public SandboxOptions withRepeats(RepeatAnswer repeats) {
        return with(now -> now.withAnswers(now.answers().withRepeats(repeats)));
    }

    public SandboxOptions withErrorKeys(ErrorKeys keys) {
        return with(now -> now.withAnswers(now.answers().withErrorKeys(keys)));
    }

    public SandboxOptions withUnknownCustomer(UnknownCustomer answer) {
        return with(now -> now.withRules(now.rules().withUnknownCustomer(answer)));
    }

    public SandboxOptions withAutoCreateCustomers(boolean on) {
        return with(now -> now.withRules(now.rules().withAutoCreateCustomers(on)));
    }

    /**
     * Limits the concurrent requests.
     *
     * @param requests at once; more are answered 503
     */
    public SandboxOptions withConcurrentRequests(int requests) {
        return with(now -> now.withLimits(now.limits().withConcurrentRequests(requests)));
    }

    /**
     * Bounds the request log.
     *
     * @param requests remembered, newest kept
     */
    public SandboxOptions withRequestLog(int requests) {
        return with(now -> now.withLimits(now.limits().withRequestLog(requests)));
    }
}
