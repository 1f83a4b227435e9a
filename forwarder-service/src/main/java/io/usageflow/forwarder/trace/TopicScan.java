package io.usageflow.forwarder.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a topic for the records that hold one of some texts, without decoding the others: Avro writes a string as its
 * bytes. Holds one record at a time. Thread-safe: each reading has a consumer of its own.
 *
 * @param account only its partition is read; empty for all
 * @param since older records are not read
 */
record TopicScan(Map<String, Object> kafka, Optional<String> account, Optional<Instant> since) {

    /** Hands over every record that holds one of the texts, and says where the topic begins. */
    TopicStart read(String topic, Set<String> texts, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        List<byte[]> needles = texts.stream().map(text -> text.getBytes(UTF_8)).toList();
        Optional<Instant> first = Optional.empty();
        boolean cut = false;
        try (var reader = new PartitionReader(kafka, topic)) {
            Map<TopicPartition, Long> begins = since.isPresent() ? reader.offsetsAt(since.get()) : reader.beginnings();
            Map<TopicPartition, Long> ends = reader.ends();
            for (TopicPartition partition : wanted(reader.partitions())) {
                long begin = begins.getOrDefault(partition, 0L);
                long end = ends.getOrDefault(partition, 0L);
                cut |= begin > 0;
                reader.seek(partition.partition(), begin);
                Optional<ConsumerRecord<byte[], byte[]>> record = reader.next(end);
                Optional<Instant> begun = record.map(one -> Instant.ofEpochMilli(one.timestamp()));
                if (first.isEmpty() || (begun.isPresent() && begun.get().isAfter(first.get()))) {
                    first = begun;
                }
                for (; record.isPresent(); record = reader.next(end)) {
                    byte[] value = record.get().value();
                    if (value != null && needles.stream().anyMatch(needle -> holds(value, needle))) {
                        visitor.accept(record.get());
                    }
                }
            }
        }
        return new TopicStart(topic, first, cut);
    }

    private List<TopicPartition> wanted(List<TopicPartition> all) {
        if (account.isEmpty() || all.size() == 1) {
            return all;
        }
        int home = AccountPartition.of(account.get(), all.size());
        return all.stream().filter(each -> each.partition() == home).toList();
    }

    private static boolean holds(byte[] value, byte[] text) {
        for (int at = 0; at <= value.length - text.length; at++) {
            if (value[at] == text[0] && Arrays.equals(value, at, at + text.length, text, 0, text.length)) {
                return true;
            }
        }
        return false;
    }
}
