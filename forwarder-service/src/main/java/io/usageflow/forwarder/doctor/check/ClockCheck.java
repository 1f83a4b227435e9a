package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.doctor.Check.NotReachableException;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.check.CredytCheck.CredytProbe;
import io.usageflow.forwarder.doctor.kafka.Cluster;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;

/**
 * Whether this machine's clock agrees with the others': Credyt's by its answer's Date, the brokers' by the newest time
 * they stamped on an event. Kafka has no question for a broker's time, so one that is behind cannot be told from a
 * quiet topic.
 */
public record ClockCheck(Cluster cluster, CredytProbe probe, Settings settings) {
    static final String NAME = "clock";

    /** Date is in whole seconds, and the answer was on its way. */
    private static final Duration UNREMARKABLE = Duration.ofSeconds(5);

    public List<CheckResult> look() {
        var findings = new ArrayList<CheckResult>();
        Duration allowance = settings.admission().guard().skew();
        credytSkew().ifPresent(skew -> findings.add(judge("Credyt", skew, allowance)));
        brokerAhead().ifPresent(skew -> findings.add(judge("a broker", skew, allowance)));
        return findings.isEmpty()
                ? List.of(CheckResult.skipped(NAME, "neither Credyt nor an event told a time to compare with"))
                : findings;
    }

    private Optional<Duration> credytSkew() {
        if (!settings.process().roles().contains(Role.DELIVERY)) {
            return Optional.empty();
        }
        try {
            CredytProbe.Answered answered = probe.ask();
            return answered.answer()
                    .response()
                    .flatMap(ClockCheck::date)
                    .map(date -> Duration.between(answered.at(), date));
        } catch (ConfigException noKey) {
            return Optional.empty();
        }
    }

    public static Optional<Instant> date(Answer.Response response) {
        try {
            return response.header("Date").map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    /** How far the newest event is in the future; empty where none is, or none can be asked for. */
    private Optional<Duration> brokerAhead() {
        try {
            String topic = settings.topics().names().events();
            Map<TopicPartition, OffsetSpec> newest = new HashMap<>();
            cluster.answer(cluster.admin().describeTopics(List.of(topic)).allTopicNames())
                    .values()
                    .forEach(described -> described
                            .partitions()
                            .forEach(partition -> newest.put(
                                    new TopicPartition(topic, partition.partition()), OffsetSpec.maxTimestamp())));
            long latest = cluster.answer(cluster.admin().listOffsets(newest).all()).values().stream()
                    .mapToLong(offset -> offset.timestamp())
                    .max()
                    .orElse(-1);
            Duration ahead = Duration.between(Instant.now(), Instant.ofEpochMilli(latest));
            return latest < 0 ? Optional.empty() : Optional.of(ahead.isNegative() ? Duration.ZERO : ahead);
        } catch (NotReachableException | KafkaException untold) {
            // Whether Kafka answers and the topic is there are other checks'.
            return Optional.empty();
        }
    }

    /** Judges the skew of another clock, positive if it is ahead of ours. */
    public static CheckResult judge(String whose, Duration skew, Duration allowance) {
        Duration distance = skew.abs();
        String detail = "%s's clock is %d s %s ours"
                .formatted(whose, distance.toSeconds(), skew.isNegative() ? "behind" : "ahead of");
        if (distance.compareTo(allowance) > 0) {
            return CheckResult.fail(
                    NAME,
                    detail + ", more than admission.clock.skew",
                    "set this machine's clock (chrony, systemd-timesyncd), or theirs: events would be too old or"
                            + " too new");
        }
        if (distance.compareTo(UNREMARKABLE) > 0) {
            return CheckResult.warn(NAME, detail, "let both be set by NTP");
        }
        return CheckResult.ok(NAME, "agrees with " + whose + "'s to " + Math.max(1, distance.toSeconds()) + " s");
    }
}
