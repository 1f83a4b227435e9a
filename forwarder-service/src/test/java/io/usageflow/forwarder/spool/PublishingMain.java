package io.usageflow.forwarder.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A service that publishes until it is killed. What it tries and what it was promised it writes down, each in one call of
 * the operating system, which keeps it when the process dies: {@code t ID}, {@code c ID}, {@code f ID because}.
 */
final class PublishingMain {
    static final int ACCOUNTS = 12;

    private PublishingMain() {}

    /**
     * Publishes until it is killed.
     *
     * @param args file for the notes, what ids begin with, settings as key=value
     */
    public static void main(String[] args) throws Exception {
        String prefix = args[1];
        Map<String, String> settings = Arrays.stream(args)
                .skip(2)
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Random random = new Random();
        try (FileOutputStream notes = new FileOutputStream(args[0], true)) {
            UsagePublisher publisher = UsagePublisher.create(settings);
            List<CompletableFuture<LinkReceipt>> links = new ArrayList<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                links.add(publisher.linkCustomer("acct-" + i, CustomerRef.externalId("user-" + i)));
            }
            links.forEach(CompletableFuture::join);
            for (int n = 0; ; n++) {
                String id = String.format("%s-%07d", prefix, n);
                note(notes, "t " + id);
                publisher
                        .publish(UsageEvent.of("message_completed")
                                .id(id)
                                .account("acct-" + n % ACCOUNTS)
                                .data("text", "x".repeat(random.nextInt(600))))
                        .whenComplete((receipt, failure) ->
                                note(notes, failure == null ? "c " + id : "f " + id + " " + failure));
                if (random.nextInt(20) == 0) {
                    LockSupport.parkNanos(Duration.ofMillis(random.nextInt(8)).toNanos());
                }
            }
        }
    }

    private static void note(FileOutputStream notes, String line) {
        try {
            notes.write((line + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
