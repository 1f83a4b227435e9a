package io.usageflow.forwarder.reconcile.receipts;

import static io.usageflow.forwarder.testing.WatchedTopics.AGAIN;
import static io.usageflow.forwarder.testing.WatchedTopics.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.schema.topic.Topics;
import org.junit.jupiter.api.Test;

class RepairWriterTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    @Test
    void shouldNotTakeARepairOfATopicThatWasMadeAgainForTheSame() {
        String first = RepairWriter.id(TOPICS, new EventRef.Position(0, 7, FIRST.topic()));

        assertThat(RepairWriter.id(TOPICS, new EventRef.Position(0, 7, FIRST.topic())))
                .isEqualTo(first);
        assertThat(RepairWriter.id(TOPICS, new EventRef.Position(0, 7, AGAIN.topic())))
                .isNotEqualTo(first);
        assertThat(RepairWriter.id(TOPICS, new EventRef.Position(0, 7)))
                .as("what it always was, where the topic's id is unknown")
                .isEqualTo("reconcile-eba98edb-6ccb-5c54-a0e0-b8504e401fde");
    }
}
