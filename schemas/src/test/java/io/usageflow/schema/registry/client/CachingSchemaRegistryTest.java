package io.usageflow.schema.registry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import io.usageflow.schema.registry.client.CachingSchemaRegistry.RefusedIds;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** What is remembered of ids that anyone may write into a record, on a clock that a wait puts forward. */
class CachingSchemaRegistryTest {
    private static final Schema SCHEMA = new Schema.Parser().parse("\"string\"");

    private final AtomicReference<Optional<Schema>> answer = new AtomicReference<>(Optional.empty());
    private RuntimeException failure;
    private long nanos;
    private int questions;
    private Duration longestWait = Duration.ZERO;

    private final CachingSchemaRegistry registry = new CachingSchemaRegistry(delegate(), () -> nanos, wait -> {
        nanos += wait.toNanos();
        longestWait = wait.compareTo(longestWait) > 0 ? wait : longestWait;
    });

    @Test
    void shouldAskOnceASecondAtFirstAndOnceAMinuteInTheEndForAnUnknownId() {
        for (int second = 0; second < 600; second++) {
            for (int record = 0; record < 100; record++) {
                assertThat(registry.byId(7)).isEmpty();
            }
            nanos += Duration.ofSeconds(1).toNanos();
        }

        // After 0, 1, 3, 7, 15, 31, 63 s and each minute.
        assertThat(questions).isBetween(7, 17);
    }

    @Test
    void shouldFindASchemaThatIsRegisteredLateWithinASecond() {
        assertThat(registry.byId(7)).isEmpty();
        answer.set(Optional.of(SCHEMA));
        assertThat(registry.byId(7)).as("not asked yet").isEmpty();

        nanos += Duration.ofSeconds(1).toNanos();

        assertThat(registry.byId(7)).hasValue(SCHEMA);
    }

    @Test
    void shouldRememberWhyASchemaIsOfNoUse() {
        failure = new UnusableSchemaException("the schema is JSON");

        for (int record = 0; record < 100; record++) {
            assertThatThrownBy(() -> registry.byId(7)).isSameAs(failure);
        }
        assertThat(questions).isEqualTo(1);
    }

    @Test
    void shouldRememberNoAbsence() {
        failure = RegistryUnavailableException.passing("away", null);
        assertThatThrownBy(() -> registry.byId(7)).isSameAs(failure);
        assertThatThrownBy(() -> registry.byId(7)).isSameAs(failure);

        assertThat(questions).isEqualTo(2);
    }

    @Test
    void shouldPaceNewIdsAndDelayNoRecordForLong() {
        for (int id = 0; id < 2_000; id++) {
            assertThat(registry.byId(id)).isEmpty();
        }

        assertThat(questions).as("each got its answer").isEqualTo(2_000);
        assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
        assertThat(longestWait).isLessThanOrEqualTo(Duration.ofMillis(RefusedIds.INTERVAL_MS));
    }

    @Test
    void shouldNotPaceIdsThatAreKnown() {
        answer.set(Optional.of(SCHEMA));

        for (int id = 0; id < 5_000; id++) {
            assertThat(registry.byId(id)).hasValue(SCHEMA);
        }
        assertThat(nanos).isZero();
    }

    @Test
    void shouldForgetTheOldestOfTooManyIds() {
        for (int id = 0; id <= RefusedIds.IDS_MAX; id++) {
            assertThat(registry.byId(id)).isEmpty();
        }
        nanos = 0;
        int before = questions;
        assertThat(registry.byId(RefusedIds.IDS_MAX)).isEmpty();
        assertThat(questions).as("remembered").isEqualTo(before);

        assertThat(registry.byId(0)).isEmpty();
        assertThat(questions).as("forgotten").isEqualTo(before + 1);
    }

    private SchemaRegistry delegate() {
        return (SchemaRegistry) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SchemaRegistry.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("byId");
                    questions++;
                    if (failure != null) {
                        throw failure;
                    }
                    return answer.get();
                });
    }
}
