package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.trace.StageProgress.ParkedSince;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
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
    private static final int PAGE_BYTES_MAX = 1024 * 1024;

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
        String prefix = settings.topics().names().prefix();
        String configured = settings.delivery().settling().groupId();
        Map<String, ParkedSince> parked = new TreeMap<>();
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
                committed(configured.isEmpty() ? prefix + "-delivery" : configured),
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

    private Optional<ParkedSince> parked(String account) throws InterruptedException {
        if (adminPort.isEmpty()) {
            notes.accept("parked events are in no topic: use --admin URL to ask a forwarder's admin port");
            return Optional.empty();
        }
        URI page = URI.create(adminPort.get().toString().replaceAll("/+$", "") + "/admission/parked?limit=1&account="
                + URLEncoder.encode(account, StandardCharsets.UTF_8));
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(page).timeout(ADMIN_WITHIN);
            settings.admin().accessToken().ifPresent(token -> request.header("Authorization", "Bearer " + token));
            HttpResponse<InputStream> answer = HttpClient.newBuilder()
                    .connectTimeout(ADMIN_WITHIN)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            JsonNode json;
            try (InputStream body = answer.body()) {
                json = new ObjectMapper().readTree(body.readNBytes(PAGE_BYTES_MAX));
            }
            if (answer.statusCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                notes.accept("parked events are in no topic, and " + adminPort.get() + " requires a token: set "
                        + AdminSettings.TOKEN_FILE + " to that of the forwarder");
                return Optional.empty();
            }
            JsonNode waits = json.at("/accounts/0");
            if (waits.isMissingNode()) {
                if (answer.statusCode() == 200 && json.at("/scope/complete").asBoolean()) {
                    notParked.add(account);
                } else {
                    notes.accept(adminPort.get() + " knows of no parked event of account " + account
                            + ", but does not have all partitions now: ask the other instances with --admin");
                }
                return Optional.empty();
            }
            return Optional.of(new ParkedSince(
                    waits.path("oldest_since").asText(),
                    waits.at("/waits_for/link").asText(),
                    waits.at("/waits_for/name").asText()));
        } catch (IOException | IllegalArgumentException unreachable) {
            notes.accept("parked events are in no topic, and the forwarder's admin port was not reached at "
                    + adminPort.get() + ": --admin URL names it");
            return Optional.empty();
        }
    }
}
