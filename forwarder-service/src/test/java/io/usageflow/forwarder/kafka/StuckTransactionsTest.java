package io.usageflow.forwarder.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.kafka.KafkaWatch.StuckTransactions;
import io.usageflow.forwarder.kafka.KafkaWatch.StuckTransactions.Ends;
import io.usageflow.forwarder.kafka.KafkaWatch.StuckTransactions.Stuck;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StuckTransactionsTest {
    private static final TopicPartition ONE = new TopicPartition("usage.events", 1);
    private static final TopicPartition TWO = new TopicPartition("usage.events", 2);

    private final StuckTransactions transactions = new StuckTransactions();

    @Test
    void shouldNameTheTransactionThatDoesNotEndAndNoneThatFollowOneAnother() {
        transactions.look(Map.of(ONE, new Ends(7, 7), TWO, new Ends(3, 9)), 100);
        assertThat(transactions.oldest()).contains(new Stuck(TWO, 3, 100));

        transactions.look(Map.of(ONE, new Ends(7, 8), TWO, new Ends(3, 20)), 200);
        assertThat(transactions.oldest()).as("the same, for longer").contains(new Stuck(TWO, 3, 100));

        transactions.look(Map.of(ONE, new Ends(7, 30), TWO, new Ends(21, 25)), 300);
        assertThat(transactions.oldest())
                .as("the one of TWO has ended, and another is open there")
                .contains(new Stuck(ONE, 7, 200));

        transactions.look(Map.of(TWO, new Ends(25, 25)), 400);
        assertThat(transactions.oldest()).as("ONE is read no more").isEmpty();
    }
}
