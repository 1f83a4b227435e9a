package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows others that a job is running, and whose, so that a second operator does not stop a colleague's by taking the lock
 * away. A courtesy and not the lock: that is the transactional id ({@link MarkedTransactions}), and it alone keeps a dead letter from
 * being replayed twice where two sit down at the same moment. Belongs to the job's thread.
 *
 * <p>A running job is the one member of the consumer group {@code <prefix>.replay}; its client id tells who, since when
 * and which job. It reads nothing. Kafka's heartbeats keep the membership, and its session timeout ends it when the
 * process dies.
 */
final class Seat implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration GONE_WITHIN = Duration.ofSeconds(2);
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Seat.class);

    private final KafkaConsumer<byte[], byte[]> member;

    /** Somebody else sits there. */
    static final class TakenException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Holder holder;

        TakenException(Holder holder) {
            super(holder.toString());
            this.holder = holder;
        }

        Holder holder() {
            return holder;
        }
    }

    private Seat(KafkaConsumer<byte[], byte[]> member) {
        this.member = member;
    }

    /**
     * Sits down; waits for a predecessor that may have died without saying so, as long as Kafka needs to find out.
     *
     * @param onWait is told for whom
     * @throws TakenException where somebody goes on sitting there
     * @throws KafkaException where Kafka refuses or does not answer
     */
    static Seat take(Settings settings, Holder self, Consumer<Holder> onWait)
            throws TakenException, InterruptedException {
        String group = settings.topics().names().prefix() + ".replay";
        Map<String, Object> config = config(settings, self, group);
        awaitFree(settings, group, sessionTimeout(config), onWait);
        var member = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            var first = new TopicPartition(settings.topics().names().deadLetterMarks(), 0);
            member.subscribe(List.of(first.topic()), new Silent(member));
            long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
            long lookNanos = System.nanoTime() + LOOK_EVERY.toNanos();
            while (!member.assignment().contains(first)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new org.apache.kafka.common.errors.TimeoutException(
                            "group " + group + " did not take us in within " + ANSWER_WITHIN);
                }
                member.poll(POLL);
                if (System.nanoTime() - lookNanos > 0 && !member.assignment().contains(first)) {
                    // Of two that sit down at once one has the first partition, and the other goes.
                    List<Holder> others = others(settings, group, self);
                    if (!others.isEmpty()) {
                        throw new TakenException(others.get(0));
                    }
                    lookNanos = System.nanoTime() + LOOK_EVERY.toNanos();
                }
            }
            return new Seat(member);
        } catch (RuntimeException | TakenException | InterruptedException failed) {
            member.close(CloseOptions.timeout(Duration.ofSeconds(2)));
            throw failed;
        }
    }

    private static void awaitFree(Settings settings, String group, Duration sessionTimeout, Consumer<Holder> onWait)
            throws TakenException, InterruptedException {
        long deadline = System.nanoTime() + sessionTimeout.plus(GONE_WITHIN).toNanos();
        boolean said = false;
        for (List<Holder> holders = others(settings, group, null);
                !holders.isEmpty();
                holders = others(settings, group, null)) {
            if (System.nanoTime() - deadline > 0) {
                throw new TakenException(holders.get(0));
            }
            if (!said) {
                said = true;
                onWait.accept(holders.get(0));
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }

    /** @param self is left out; null where nobody is */
    private static List<Holder> others(Settings settings, String group, @Nullable Holder self)
            throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(settings.kafka().client()))) {
            ConsumerGroupDescription description = admin.describeConsumerGroups(List.of(group))
                    .all()
                    .get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS)
                    .get(group);
            return description == null
                    ? List.of()
                    : description.members().stream()
                            .map(MemberDescription::clientId)
                            .filter(clientId -> self == null || !clientId.equals(self.clientId()))
                            .map(Holder::of)
                            .toList();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw failed.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(failed.getCause());
        } catch (TimeoutException silent) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "nobody said who is in group " + group + " within " + ANSWER_WITHIN, silent);
        }
    }

    private static Map<String, Object> config(Settings settings, Holder self, String group) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) SESSION_TIMEOUT.toMillis() / 4);
        config.putAll(settings.kafka().client());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, self.clientId());
        // Which member has what is settled among members, by the rules below, and works with every broker.
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.name());
        // The heartbeats' thread keeps the seat while the job counts, waits or writes.
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
        // Whoever has the partition keeps it, should another come at the same moment.
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return config;
    }

    private static Duration sessionTimeout(Map<String, Object> config) {
        return Duration.ofMillis(Long.parseLong(String.valueOf(config.get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG))));
    }

    /** To be called now and then: takes part in what the group has to agree on. */
    void keep() {
        try {
            member.poll(Duration.ZERO);
        } catch (KafkaException lost) {
            // Others may not see us any more; that nothing is replayed twice does not hang on it.
            LOG.debug("event=seat_lost why={}", VisibleText.logged(lost));
        }
    }

    @Override
    public void close() {
        member.close(CloseOptions.timeout(Duration.ofSeconds(5)));
    }

    /** What it is assigned is not read. */
    private record Silent(KafkaConsumer<byte[], byte[]> member) implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            member.pause(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // Nothing was read, so there is nothing to finish.
        }
    }
}
