package io.usageflow.sandbox;

import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.ValidationRules.Overdraft;
import java.math.BigDecimal;
import java.util.Set;

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

    /** For development: the seed {@link SandboxSeed#dev}, unknown customers created on sight. */
    public static SandboxOptions dev() {
        return defaults().withSeed(SandboxSeed.dev()).withAutoCreateCustomers(true);
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

    /**
     * Changes one switch of {@link Behaviour}.
     *
     * @param path its JSON names: {@code answers.batch_mode}
     * @throws IllegalArgumentException if the name or the value is wrong
     */
    public SandboxOptions with(String path, Object value) {
        return new SandboxOptions(port, host, seed, behaviour.with(path, value));
    }

    /** Accepts these keys only; by default every key that is not blank is accepted. */
    public SandboxOptions withApiKeys(String... keys) {
        return with("api_keys", Set.of(keys));
    }

    /** Refuses events that would take an account of a wallet below minus the limit; without it there is no limit. */
    public SandboxOptions withOverdraftLimit(BigDecimal limit) {
        return with("rules.overdraft", Overdraft.LIMITED).with("rules.overdraft_limit", limit);
    }

    public SandboxOptions withAutoCreateCustomers(boolean on) {
        return with("rules.auto_create_customers", on);
    }
}
