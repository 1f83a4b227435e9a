package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.trace.Surroundings.Parked;
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

/** Finds out what no topic of events tells: how far the stages are, by their commits, and what is parked. */
final class Outlook {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Duration ADMIN_WITHIN = Duration.ofSeconds(3);
    private static final int PAGE_BYTES_MAX = 1024 * 1024;

    private final Settings settings;
    private final Optional<URI> adminPort;
    private final Consumer<String> notes;
    private final Set<String> notParked = new HashSet<>();

    Outlook(Settings settings, Optional<URI> adminPort, Consumer<String> notes) {
        this.settings = settings;
        this.adminPort = adminPort;
        this.notes = notes;
    }

    Surroundings of(Map<Search.Who, Sightings> found) throws InterruptedException {
        if (found.isEmpty()) {
            return new Surroundings(Map.of(), Map.of(), Map.of(), Set.of());
        }
        String prefix = settings.topics().names().prefix();
        String configured = settings.delivery().settling().groupId();
        Map<String, Parked> parked = new TreeMap<>();
        for (Map.Entry<Search.Who, Sightings> each : found.entrySet()) {
            Sightings sightings = each.getValue();
            if (sightings.receipts.isEmpty() && sightings.deliverables.isEmpty() && !sightings.published.isEmpty()) {
                parked(each.getKey().account())
                        .ifPresent(waits -> parked.put(each.getKey().account(), waits));
            }
        }
        return new Surroundings(
                committed(settings.admission()
                        .engine()
                        .applicationId(settings.topics().names())),
                committed(configured.isEmpty() ? prefix + "-delivery" : configured),
                parked,
                notParked);
    }

    private Map<String, Map<Integer, Long>> committed(String group) throws InterruptedException {
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        try (Admin admin = Admin.create(settings.kafka().client())) {
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

    private Optional<Parked> parked(String account) throws InterruptedException {
        if (adminPort.isEmpty()) {
            notes.accept("what is parked stands in no topic: --admin URL asks a forwarder's admin port");
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
                notes.accept("what is parked stands in no topic, and " + adminPort.get() + " wants a token: set "
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
            return Optional.of(new Parked(
                    waits.path("oldest_since").asText(),
                    waits.at("/waits_for/link").asText(),
                    waits.at("/waits_for/name").asText()));
        } catch (IOException | IllegalArgumentException unreachable) {
            notes.accept("what is parked stands in no topic, and the forwarder's admin port was not reached at "
                    + adminPort.get() + ": --admin URL names it");
            return Optional.empty();
        }
    }
}
