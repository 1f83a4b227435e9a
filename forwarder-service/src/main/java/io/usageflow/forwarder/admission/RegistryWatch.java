package io.usageflow.forwarder.admission;

import io.usageflow.schema.registry.RegistryUnavailableException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Whether the registry is away, as the threads of the stage last met it. Thread-safe. */
final class RegistryWatch {
    private final AtomicReference<Optional<String>> away = new AtomicReference<>(Optional.empty());
    private volatile boolean stopping;

    void away(RegistryUnavailableException why) {
        away.set(Optional.of(String.valueOf(why.getMessage())));
    }

    void back() {
        away.set(Optional.empty());
    }

    /** Why it is away, where it is. */
    Optional<String> whyAway() {
        return away.get();
    }

    void stop() {
        stopping = true;
    }

    boolean stopping() {
        return stopping;
    }
}
