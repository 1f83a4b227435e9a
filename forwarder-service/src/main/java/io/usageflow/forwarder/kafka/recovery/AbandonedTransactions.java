package io.usageflow.forwarder.kafka.recovery;

import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions that a dead instance left open on the partitions that this one takes over. Used by one thread
 * at a time. Close it.
 *
 * <p>Kafka ends such a transaction when it is older than {@code transaction.timeout.ms} (10 s in Streams), and looks
 * for it every 10 s. Until then no reader of committed records passes it: not delivery, and not the restoration of the
 * task, which reads its changelogs to their last record, committed or not (Kafka 4.3.1, {@code StoreChangelogReader}).
 *
 * <p>A live instance commits before it gives a partition away. So an open transaction on a partition of ours is of an
 * instance that died, or that the group has excluded, whose commit fails in any case. Only transactions that the
 * coordinator calls ongoing are ended: how another one ended, {@link MarkerRecovery} must still be able to ask.
 */
public final class AbandonedTransactions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AbandonedTransactions.class);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Map<String, Object> kafka;
    private final String idPrefix;
    private final Predicate<String> isOwn;
    private @Nullable Admin admin;

    /**
     * Asks nothing yet.
     *
     * @param kafka how to reach the brokers
     * @param idPrefix of the transactional ids of all instances
     * @param isOwn whether a transactional id is this process's
     */
    public AbandonedTransactions(Map<String, ?> kafka, String idPrefix, Predicate<String> isOwn) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.put(CommonClientConfigs.CLIENT_ID_CONFIG, idPrefix + "takeover");
        this.idPrefix = idPrefix;
        this.isOwn = isOwn;
    }

    /** Ends what other instances left open there. Never fails: then Kafka ends it, later. */
    public void end(Collection<TopicPartition> partitions) {
        try {
            Set<Long> open = openProducers(partitions);
            List<String> abandoned = open.isEmpty() ? List.of() : abandoned(open);
            if (abandoned.isEmpty()) {
                return;
            }
            if (!haveLeaders(writtenBy(abandoned))) {
                throw new LeaderNotAvailableException("a partition of " + abandoned + " has no leader for its marker");
            }
            LOG.warn(
                    "event=transactions_abandoned ids={} partitions={} action=abort effect=\"their events are"
                            + " processed again\"",
                    abandoned,
                    partitions);
            KafkaClients.answer(admin().fenceProducers(abandoned).all());
        } catch (KafkaException notNow) {
            LOG.warn(
                    "event=abandoned_transactions_not_ended partitions={} effect=\"if there are any, Kafka ends them"
                            + " after transaction.timeout.ms\" why={}",
                    partitions,
                    VisibleText.logged(notNow));
        }
    }

    private Set<Long> openProducers(Collection<TopicPartition> partitions) {
        return KafkaClients.answer(admin().describeProducers(partitions).all()).values().stream()
                .flatMap(state -> state.activeProducers().stream())
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .map(ProducerState::producerId)
                .collect(Collectors.toSet());
    }

    private List<String> abandoned(Set<Long> producers) {
        ListTransactionsOptions ongoing = new ListTransactionsOptions()
                .filterProducerIds(producers)
                .filterStates(Set.of(TransactionState.ONGOING));
        return KafkaClients.answer(admin().listTransactions(ongoing).all()).stream()
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(idPrefix) && !isOwn.test(id))
                .toList();
    }

    /** Without those of the group's offsets, whose leader answers the group's heartbeats. */
    private Set<TopicPartition> writtenBy(List<String> ids) {
        return KafkaClients.answer(admin().describeTransactions(ids).all()).values().stream()
                .flatMap(transaction -> transaction.topicPartitions().stream())
                .filter(partition -> !partition.topic().equals(OpenTransactions.OFFSETS_TOPIC))
                .collect(Collectors.toSet());
    }

    /** Kafka leaves the marker out on a partition without a leader ({@link MarkerRecovery}). */
    private boolean haveLeaders(Set<TopicPartition> partitions) {
        Set<TopicPartition> led = new HashSet<>();
        List<String> topics =
                partitions.stream().map(TopicPartition::topic).distinct().toList();
        KafkaClients.answer(admin().describeTopics(topics).allTopicNames())
                .forEach((topic, description) -> description.partitions().stream()
                        .filter(partition -> partition.leader() != null
                                && !partition.leader().isEmpty())
                        .forEach(partition -> led.add(new TopicPartition(topic, partition.partition()))));
        return led.containsAll(partitions);
    }

    private Admin admin() {
        Admin existing = admin;
        if (existing == null) {
            existing = KafkaClients.admin(kafka, ANSWER_MAX, REQUEST_MAX);
            admin = existing;
        }
        return existing;
    }

    @Override
    public void close() {
        Admin existing = admin;
        if (existing != null) {
            existing.close(CLOSE_WITHIN);
        }
    }
}
