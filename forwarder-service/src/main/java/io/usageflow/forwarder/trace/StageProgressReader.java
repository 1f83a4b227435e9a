package io.usageflow.forwarder.trace;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.parked.InstanceAnswer.Answered;
import io.usageflow.forwarder.parked.ParkedClient;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/** Reads the committed offsets of the stages, and asks the admin port what is parked. */
final class StageProgressReader {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration ADMIN_WITHIN = Duration.ofSeconds(3);

    private final Settings settings;
    private final Optional<URI> adminPort;
    private final Consumer<String> notes;
    private final Set<String> notParked = new HashSet<>();

    StageProgressReader(Settings settings, Optional<URI> adminPort, Consumer<String> notes) {
        this.settings = settings;
        this.adminPort = adminPort;
        this.notes = notes;
    }

    StageProgress of(Map<TraceSearch.EventKey, FoundRecords> found) throws InterruptedException {
        if (found.isEmpty()) {
            return new StageProgress(Map.of(), Map.of(), Map.of(), Set.of());
        }
        Map<String, Account> parked = new TreeMap<>();
        for (Map.Entry<TraceSearch.EventKey, FoundRecords> each : found.entrySet()) {
            FoundRecords records = each.getValue();
            if (records.receipts.isEmpty() && records.deliverables.isEmpty() && !records.published.isEmpty()) {
                parked(each.getKey().account())
                        .ifPresent(waits -> parked.put(each.getKey().account(), waits));
            }
        }
        return new StageProgress(
                committed(settings.admission()
                        .engine()
                        .applicationId(settings.topics().names())),
                committed(settings.delivery().settling().group(settings.topics().names())),
                parked,
                notParked);
    }

    private Map<String, Map<Integer, Long>> committed(String group) throws InterruptedException {
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        try (Admin admin = KafkaClients.admin(settings.kafka().client())) {
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            offsets.computeIfAbsent(partition.topic(), topic -> new HashMap<>())
                                    .put(partition.partition(), offset.offset());
                        }
                    });
        } catch (ExecutionException | TimeoutException refused) {
            notes.accept(
                    "how far group " + group + " is could not be read (" + String.valueOf(refused.getMessage()) + ")");
        }
        return offsets;
    }

    private Optional<Account> parked(String account) {
        if (adminPort.isEmpty()) {
            notes.accept("parked events are in no topic: use --admin URL to ask a forwarder's admin port");
            return Optional.empty();
        }
        var client = new ParkedClient(settings.admin().accessToken(), ADMIN_WITHIN);
        return client.ask(List.of(adminPort.get()), Optional.of(account), 1)
                .get(0)
                .match(answered -> parked(account, answered), unreachable -> {
                    notes.accept("parked events are in no topic, and " + unreachable.admin() + " " + unreachable.why()
                            + "; --admin URL names another forwarder");
                    return Optional.empty();
                });
    }

    private Optional<Account> parked(String account, Answered answer) {
        Optional<Account> parked = answer.page().accounts().stream().findFirst();
        if (parked.isEmpty() && answer.page().scope().complete()) {
            notParked.add(account);
        } else if (parked.isEmpty()) {
            notes.accept(answer.admin() + " knows of no parked event of account " + account
                    + ", but does not have all partitions now: ask the other instances with --admin");
        }
        return parked;
    }

    /**
     * Offsets that the stages have committed, and what is parked. Immutable.
     *
     * @param admission offsets that admission has committed, by topic and partition; the one it reads next
     * @param delivery likewise of delivery
     * @param parked by account, of those the admin port was asked for
     * @param notParked accounts of which it knows that nothing is parked
     */
    record StageProgress(
            Map<String, Map<Integer, Long>> admission,
            Map<String, Map<Integer, Long>> delivery,
            Map<String, Account> parked,
            Set<String> notParked) {

        /** How many offsets admission still has to read up to and with the record; 0 or less where it has read it. */
        Optional<Long> behindAdmission(RecordRef ref) {
            return behind(admission, ref);
        }

        Optional<Long> behindDelivery(RecordRef ref) {
            return behind(delivery, ref);
        }

        Optional<Account> parked(String account) {
            return Optional.ofNullable(parked.get(account));
        }

        private static Optional<Long> behind(Map<String, Map<Integer, Long>> committed, RecordRef ref) {
            return Optional.ofNullable(
                            committed.getOrDefault(ref.topic(), Map.of()).get(ref.partition()))
                    .map(next -> ref.offset() + 1 - next);
        }
    }
}
