package io.usageflow.forwarder.admission.streams;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** Asks Kafka how many partitions a topic has, for as long as it takes. */
public final class PartitionCount {
    private static final long ASK_SECONDS = 10;
    private static final long PAUSE_MS = 1000;

    private PartitionCount() {}

    /**
     * @param onWait is told why it has to wait, each time
     * @throws KafkaException that needs a person, such as a refused login
     */
    public static int await(Map<String, ?> kafka, String topic, Consumer<String> onWait) throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(kafka))) {
            while (true) {
                try {
                    return ask(admin, topic);
                } catch (ExecutionException failure) {
                    onWait.accept(reason(topic, failure.getCause() == null ? failure : failure.getCause()));
                } catch (TimeoutException late) {
                    onWait.accept("Kafka does not answer: check kafka.bootstrap.servers");
                }
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    /** How many it has now; empty where Kafka does not say so at once. */
    public static OptionalInt now(Map<String, ?> kafka, String topic) throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(kafka))) {
            return OptionalInt.of(ask(admin, topic));
        } catch (ExecutionException | TimeoutException unanswered) {
            return OptionalInt.empty();
        }
    }

    private static int ask(Admin admin, String topic)
            throws InterruptedException, ExecutionException, TimeoutException {
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(ASK_SECONDS, TimeUnit.SECONDS)
                .values()
                .iterator()
                .next()
                .partitions()
                .size();
    }

    /** A missing topic is retriable for Kafka, and for us: it may be made any moment. */
    private static String reason(String topic, Throwable failure) {
        if (failure instanceof RetriableException retriable) {
            return "topic " + topic + " cannot be described: " + retriable.getMessage()
                    + "; is it there? See usageflow topics apply";
        }
        throw failure instanceof KafkaException fatal
                ? fatal
                : new KafkaException("topic " + topic + " cannot be described", failure);
    }
}
