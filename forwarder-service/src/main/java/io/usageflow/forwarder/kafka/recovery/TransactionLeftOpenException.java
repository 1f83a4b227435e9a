package io.usageflow.forwarder.kafka.recovery;

import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * A broker died before the markers of a committed transaction were written, and this user may not write them. To go on
 * would risk what was committed, so nothing is written until the right is granted; then it passes.
 */
public final class TransactionLeftOpenException extends RetriableException {
    private static final long serialVersionUID = 1L;

    TransactionLeftOpenException(String transactionalId, Collection<TopicPartition> partitions) {
        super("a committed transaction of " + transactionalId + " lacks its markers on "
                + partitions.stream().map(TopicPartition::toString).collect(Collectors.toCollection(TreeSet::new))
                + ", because a broker died, and this user may not write them; nothing is lost, and nothing more is written"
                + " until an administrator has run: " + TransactionRights.GRANT_MARKERS);
    }
}
