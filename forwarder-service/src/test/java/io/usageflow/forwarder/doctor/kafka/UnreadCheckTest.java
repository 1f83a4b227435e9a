package io.usageflow.forwarder.doctor.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.doctor.kafka.UnreadCheck.Partition;
import io.usageflow.forwarder.testing.WatchedTopics;
import io.usageflow.schema.LedgerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class UnreadCheckTest {
    private static final TopicPartition EVENTS = new TopicPartition("usage.events", 2);

    private static List<CheckResult> judge(OptionalLong committed, long first, long end, boolean kept) {
        return UnreadCheck.judge(List.of(new Partition(EVENTS, committed, first, end, kept)));
    }

    @Test
    void shouldFindNothingWhereKafkaHasAllThatIsUnread() {
        assertThat(judge(OptionalLong.of(5), 5, 9, true)).isEmpty();
        assertThat(judge(OptionalLong.of(9), 5, 9, true)).isEmpty();
        assertThat(judge(OptionalLong.empty(), 5, 9, true))
                .as("nothing was ever read")
                .isEmpty();
        assertThat(judge(OptionalLong.empty(), 0, 9, false)).isEmpty();
    }

    @Test
    void shouldFailWhereRecordsExpiredUnread() {
        assertThat(judge(OptionalLong.of(5), 9, 9, true)).singleElement().satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(CheckStatus.FAIL);
            assertThat(finding.detail())
                    .isEqualTo(
                            "usage.events, partition 2: Kafka deleted up to 4 records before they were read (offsets 5"
                                    + " to 8)");
            assertThat(finding.remedy())
                    .hasValueSatisfying(text -> assertThat(text).contains("docs/runbook.md"));
        });
    }

    @Test
    void shouldFailWhereTheTopicEndsBeforeWhatWasRead() {
        assertThat(judge(OptionalLong.of(50), 0, 9, true)).singleElement().satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(CheckStatus.FAIL);
            assertThat(finding.detail()).contains("offset 50 was read, and the topic ends at 9");
        });
    }

    @Test
    void shouldWarnWhereVendorLinksWereDeleted() {
        assertThat(judge(OptionalLong.empty(), 3, 9, false)).singleElement().satisfies(finding -> {
            assertThat(finding.verdict()).isEqualTo(CheckStatus.WARN);
            assertThat(finding.detail()).contains("below offset 3 were deleted");
        });
    }

    @Test
    void shouldWarnWhereATopicWasMadeAgainAndNotWhereItsLogIsUnknown() {
        var entry = new LedgerEntry(
                "delivery", 2, Map.of(), Instant.EPOCH, 7L, Map.of("usage.deliverable", WatchedTopics.FIRST.text()));

        assertThat(UnreadCheck.judgeLogs(List.of(entry), Map.of("usage.deliverable", WatchedTopics.AGAIN)))
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail())
                        .isEqualTo("usage.deliverable was made again, or moved, since delivery last read it"));
        assertThat(UnreadCheck.judgeLogs(List.of(entry), Map.of("usage.deliverable", WatchedTopics.FIRST)))
                .isEmpty();
        assertThat(UnreadCheck.judgeLogs(List.of(entry), Map.of())).isEmpty();
    }
}
