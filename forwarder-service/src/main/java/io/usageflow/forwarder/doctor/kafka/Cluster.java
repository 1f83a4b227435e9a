package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.KafkaSettings;
import io.usageflow.forwarder.doctor.Check.NotReachableException;
import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/** One admin client for all checks that ask Kafka; whether it answers is found out once. Thread-safe; close it. */
public final class Cluster implements AutoCloseable {
    private final KafkaSettings kafka;
    private final Duration atMost;
    private @Nullable Admin admin;
    private @Nullable RuntimeException why;
    private List<Node> nodes = List.of();

    /** @param atMost for each question */
    public Cluster(KafkaSettings kafka, Duration atMost) {
        this.kafka = kafka;
        this.atMost = atMost;
    }

    /**
     * The connected client; the first caller waits for the connection.
     *
     * @throws NotReachableException if Kafka does not answer
     */
    public synchronized Admin admin() {
        if (admin == null && why == null) {
            connect();
        }
        Admin connected = admin;
        if (connected == null) {
            throw new NotReachableException("Kafka at " + kafka.bootstrapServers() + " is not reached", reason());
        }
        return connected;
    }

    /** Why Kafka is not reached, in its client's words. */
    synchronized RuntimeException reason() {
        return why == null ? new IllegalStateException("not connected yet") : why;
    }

    synchronized List<Node> nodes() {
        return nodes;
    }

    private void connect() {
        Admin opened = null;
        try {
            opened = KafkaClients.admin(kafka.client(), atMost, atMost);
            nodes = new ArrayList<>(answer(opened.describeCluster().nodes()));
            admin = opened;
        } catch (RuntimeException failed) {
            why = failed;
            Optional.ofNullable(opened).ifPresent(Cluster::close);
        }
    }

    /**
     * Waits for an answer.
     *
     * @throws KafkaException with the error, or with a timeout
     */
    public <T> T answer(KafkaFuture<T> future) {
        return KafkaClients.answer(future, atMost.plusSeconds(1));
    }

    @Override
    public synchronized void close() {
        Optional.ofNullable(admin).ifPresent(Cluster::close);
    }

    private static void close(Admin admin) {
        admin.close(Duration.ofSeconds(1));
    }
}
