package io.usageflow.schema.registry.client;

import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import io.usageflow.schema.registry.http.RegistryClientSettings.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Retries I/O failures, 5xx and 429. Retries "unknown" for a lookup of an id by schema too, because a registry's
 * follower may lag behind the leader that has just given the id. Never retries "unknown" for a schema by its id: anyone
 * may have written the record with that id. Every call is idempotent. Refusals and wrong credentials are not retried.
 * Thread-safe if its parts are.
 */
public final class RetryingSchemaRegistry implements SchemaRegistry {
    /** Waits; replaced in tests. */
    public interface Pause {
        void of(Duration wait) throws InterruptedException;
    }

    private final SchemaRegistry delegate;
    private final RetryPolicy policy;
    private final RandomGenerator random;
    private final Pause pause;

    public RetryingSchemaRegistry(SchemaRegistry delegate, RetryPolicy policy, RandomGenerator random, Pause pause) {
        this.delegate = delegate;
        this.policy = policy;
        this.random = random;
        this.pause = pause;
    }

    @Override
    public int register(String subject, Schema schema) {
        return retry(() -> delegate.register(subject, schema), answer -> false);
    }

    @Override
    public Optional<Integer> idOf(String subject, Schema schema) {
        return retry(() -> delegate.idOf(subject, schema), Optional::isEmpty);
    }

    @Override
    public Optional<Schema> byId(int id) {
        return retry(() -> delegate.byId(id), answer -> false);
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        return retry(() -> delegate.latest(subject), answer -> false);
    }

    @Override
    public boolean isCompatible(String subject, Schema schema) {
        return retry(() -> delegate.isCompatible(subject, schema), answer -> false);
    }

    @Override
    public Optional<Compatibility> compatibilityOf(String subject) {
        return retry(() -> delegate.compatibilityOf(subject), answer -> false);
    }

    @Override
    public boolean setCompatibility(String subject, Compatibility level) {
        return retry(() -> delegate.setCompatibility(subject, level), answer -> false);
    }

    private <T> T retry(Supplier<T> call, Predicate<T> isDoubtful) {
        for (int retry = 1; ; retry++) {
            try {
                T answer = call.get();
                if (retry > policy.retries() || !isDoubtful.test(answer)) {
                    return answer;
                }
            } catch (RegistryUnavailableException e) {
                if (retry > policy.retries() || !e.isWorthRetrying()) {
                    throw e;
                }
            }
            waitBefore(retry);
        }
    }

    private void waitBefore(int retry) {
        try {
            pause.of(policy.waitBefore(retry, random));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
