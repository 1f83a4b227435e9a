package io.usageflow.forwarder.admission.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.streams.StreamsClients.TransactionalIds;
import org.junit.jupiter.api.Test;

class TransactionalIdsTest {
    private final TransactionalIds ids = new TransactionalIds();

    @Test
    void shouldKeepWhatStreamsChoseForTheFirstThreadsAlsoForANewProducer() {
        assertThat(ids.of("thread-1", "main", "app-1")).isEqualTo("app-1");
        assertThat(ids.of("thread-2", "main", "app-2")).isEqualTo("app-2");

        assertThat(ids.of("thread-1", "thread-1", "app-1")).isEqualTo("app-1");
    }

    @Test
    void shouldGiveADeadThreadsIdToTheThreadItMakes() {
        ids.of("thread-1", "main", "app-1");
        ids.of("thread-2", "main", "app-2");

        ids.handOver("thread-1");

        assertThat(ids.of("thread-2", "thread-2", "app-2"))
                .as("another thread's new producer in between")
                .isEqualTo("app-2");
        assertThat(ids.of("thread-3", "thread-1", "app-3")).isEqualTo("app-1");
        assertThat(ids.of("thread-3", "thread-3", "app-3"))
                .as("its new producer")
                .isEqualTo("app-1");
    }

    @Test
    void shouldGiveNoIdToTwoThreadsWhenStreamsUsesANumberAgain() {
        ids.of("thread-1", "main", "app-1");
        ids.of("thread-2", "main", "app-2");
        ids.handOver("thread-1");
        ids.of("thread-3", "thread-1", "app-3");

        ids.handOver("thread-2");

        assertThat(ids.of("thread-1", "thread-2", "app-1")).isEqualTo("app-2");
        assertThat(ids.owns("thread-1", "app-2")).isTrue();
        assertThat(ids.owns("thread-3", "app-1")).isTrue();
    }

    @Test
    void shouldSayThatADeadThreadOwnsNothing() {
        ids.of("thread-1", "main", "app-1");
        assertThat(ids.owns("thread-1", "app-1")).isTrue();

        ids.handOver("thread-1");

        assertThat(ids.owns("thread-1", "app-1")).isFalse();
    }
}
