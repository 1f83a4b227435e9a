package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The promise: each dead letter is replayed once, as it was published, and marked once. By equality of sets. */
final class ReplayedOnce {
    private final DeadLetterWorld world;

    ReplayedOnce(DeadLetterWorld world) {
        this.world = world;
    }

    /** Of these, all; and nothing else. */
    void verify(Collection<DeadLetter> letters, String description) {
        Map<String, DeadLetter> byId = letters.stream().collect(Collectors.toMap(DeadLetter::getId, each -> each));
        List<ConsumerRecord<byte[], byte[]>> replays = world.read(world.topics().replays());
        Map<String, Integer> times = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> replay : replays) {
            String id = new String(
                    replay.headers().lastHeader(EventHeaders.REPLAY_OF).value(), UTF_8);
            times.merge(id, 1, Integer::sum);
            DeadLetter letter = byId.get(id);
            assertThat(letter)
                    .describedAs("%s: %s is no dead letter of ours", description, id)
                    .isNotNull();
            assertThat(ByteBuffer.wrap(replay.key())).isEqualTo(letter.getOriginalKey());
            assertThat(ByteBuffer.wrap(replay.value())).isEqualTo(letter.getOriginalValue());
            assertThat(replay.partition()).isEqualTo(letter.getSource().getPartition());
        }
        assertThat(times.keySet()).describedAs(description).isEqualTo(byId.keySet());
        assertThat(times).describedAs(description).allSatisfy((id, count) -> assertThat(count)
                .isOne());
        List<String> marked =
                world.marks().stream().map(DeadLetterMark::getDeadLetterId).toList();
        assertThat(marked).describedAs(description).doesNotHaveDuplicates();
        assertThat(marked).describedAs(description).hasSize(byId.size()).allMatch(byId::containsKey);
    }
}
