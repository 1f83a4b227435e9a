package io.usageflow.sandbox;

import io.usageflow.sandbox.behaviour.BatchMode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers;
import io.usageflow.sandbox.behaviour.EventIdFormat;
import io.usageflow.sandbox.behaviour.EventRules;
import io.usageflow.sandbox.behaviour.Limits;
import io.usageflow.sandbox.behaviour.RepeatAnswer;
import io.usageflow.sandbox.behaviour.UnknownCustomer;
import io.usageflow.sandbox.behaviour.UnknownVendor;
import java.time.Duration;
import java.util.Set;

/**
 * How a sandbox starts. Immutable: each {@code with} makes another. All of {@link #behaviour} can also be changed later.
 *
 * @param port 0 (default) takes a free one
 * @param host address to listen on, 127.0.0.1 by default; anything else opens a billing API without a real key check to
 *     the network, and is meant for a container whose port is published on 127.0.0.1 only
 * @param seed what is there at the start and again after a reset; nothing by default
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

    /** For developing against: the seed {@link SandboxSeed#dev}, unknown customers created on sight, any vendor. */
    public static SandboxOptions dev() {
        return defaults()
                .withSeed(SandboxSeed.dev())
                .withAutoCreateCustomers(true)
                .withUnknownVendor(UnknownVendor.ACCEPT);
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

    public SandboxOptions withBehaviour(Behaviour changed) {
        return new SandboxOptions(port, host, seed, changed);
    }

    /** Only these keys are let in; by default every key that is not blank is. */
    public SandboxOptions withApiKeys(String... keys) {
        return withBehaviour(behaviour.withApiKeys(Set.of(keys)));
    }

    /** @param status 200, 201, 202 (default, a guess) or 204 */
    public SandboxOptions withSuccessStatus(int status) {
        return withAnswers(behaviour.answers().withSuccessStatus(status));
    }

    public SandboxOptions withBatchMode(BatchMode mode) {
        return withAnswers(behaviour.answers().withBatchMode(mode));
    }

    public SandboxOptions withRepeats(RepeatAnswer repeats) {
        return withAnswers(behaviour.answers().withRepeats(repeats));
    }

    public SandboxOptions withErrorKeys(ErrorKeys keys) {
        return withAnswers(behaviour.answers().withErrorKeys(keys));
    }

    /** @param delay from the answer to the fees; zero (default) debits before the answer */
    public SandboxOptions withFeeDelay(Duration delay) {
        return withAnswers(behaviour.answers().withFeeDelayMs(delay.toMillis()));
    }

    public SandboxOptions withUnknownCustomer(UnknownCustomer answer) {
        return withRules(behaviour.rules().withUnknownCustomer(answer));
    }

    public SandboxOptions withUnknownVendor(UnknownVendor answer) {
        return withRules(behaviour.rules().withUnknownVendor(answer));
    }

    public SandboxOptions withEventIds(EventIdFormat format) {
        return withRules(behaviour.rules().withEventIds(format));
    }

    public SandboxOptions withAutoCreateCustomers(boolean on) {
        return withRules(behaviour.rules().withAutoCreateCustomers(on));
    }

    public SandboxOptions withAnswers(EventAnswers changed) {
        return withBehaviour(behaviour.withAnswers(changed));
    }

    public SandboxOptions withRules(EventRules changed) {
        return withBehaviour(behaviour.withRules(changed));
    }

    public SandboxOptions withLimits(Limits changed) {
        return withBehaviour(behaviour.withLimits(changed));
    }

    public SandboxOptions withMaxBodyBytes(int bytes) {
        return withLimits(behaviour.limits().withMaxBodyBytes(bytes));
    }

    public SandboxOptions withMaxBatchEvents(int events) {
        return withLimits(behaviour.limits().withMaxBatchEvents(events));
    }

    /** @param retryAfterSeconds 0 leaves the header out */
    public SandboxOptions withRateLimit(int requestsPerSecond, int retryAfterSeconds) {
        return withLimits(behaviour.limits().withRate(requestsPerSecond, retryAfterSeconds));
    }

    /** @param requests at once; more are answered 503 */
    public SandboxOptions withConcurrentRequests(int requests) {
        return withLimits(behaviour.limits().withConcurrentRequests(requests));
    }

    /** @param requests remembered, newest kept */
    public SandboxOptions withRequestLog(int requests) {
        return withLimits(behaviour.limits().withRequestLog(requests));
    }
}
