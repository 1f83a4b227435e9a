package io.usageflow.forwarder.kafka.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do about a transaction that a dying broker left open. Immutable.
 *
 * @param writesMarkers {@code CLUSTER_ACTION} or {@code ALTER} on the cluster
 * @param unreadable topics without {@code READ}: an open transaction there cannot be seen
 */
public record TransactionRights(boolean writesMarkers, Set<String> unreadable) {
    /** The command for an administrator, who revokes the right when the stage is ready again. */
    public static final String GRANT_MARKERS = "kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal"
            + " User:NAME --operation ClusterAction --cluster";

    public TransactionRights {
        unreadable = Set.copyOf(unreadable);
    }

    /**
     * Checks the rights that transactions need.
     *
     * @param offsets whether the transactions carry a group's offsets
     */
    public static TransactionRights of(Admin admin, Collection<String> topics, boolean offsets) {
        Set<AclOperation> cluster = OpenTransactions.get(
                admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                        .authorizedOperations()
                        .thenApply(TransactionRights::known));
        List<String> asked = new ArrayList<>(topics);
        if (offsets) {
            asked.add(OpenTransactions.OFFSETS_TOPIC);
        }
        Set<String> unreadable = new TreeSet<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described : admin.describeTopics(
                        asked, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .entrySet()) {
            try {
                Set<AclOperation> topic =
                        known(OpenTransactions.get(described.getValue()).authorizedOperations());
                if (!topic.contains(AclOperation.READ)) {
                    unreadable.add(described.getKey());
                }
            } catch (AuthorizationException hidden) {
                unreadable.add(described.getKey());
            } catch (UnknownTopicOrPartitionException absent) {
                // Kafka creates the offsets topic with the first group. Another check reports our missing topics.
            }
        }
        return new TransactionRights(
                cluster.contains(AclOperation.CLUSTER_ACTION) || cluster.contains(AclOperation.ALTER), unreadable);
    }

    /** Empty if the broker does not list rights; it still refuses requests without them. */
    private static Set<AclOperation> known(@Nullable Set<AclOperation> held) {
        return held == null ? Set.of() : held;
    }

    /** What can go wrong, with the remedy; empty if no right is missing. */
    public Optional<String> risk() {
        Set<String> ours = new TreeSet<>(unreadable);
        ours.remove(OpenTransactions.OFFSETS_TOPIC);
        List<String> risks = new ArrayList<>();
        if (!ours.isEmpty()) {
            risks.add("may not READ " + String.join(", ", ours)
                    + ": a committed transaction that a dying broker left open there is not seen, and"
                    + " its records are lost"
                    + " if the next one is aborted; grant READ on each");
        }
        if (!writesMarkers) {
            risks.add("may not end a transaction that a dying broker left open: events of a partition"
                    + " then wait, unless it" + " was aborted, until an administrator has run: " + GRANT_MARKERS);
        }
        return risks.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", risks));
    }
}
