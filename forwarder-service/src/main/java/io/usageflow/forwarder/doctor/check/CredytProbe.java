package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import java.time.Instant;

/** Asks Credyt one harmless question, once for all checks that look at the answer. Thread-safe. */
final class CredytProbe {
    /** Reads one customer, so it needs the key and changes nothing (docs/credyt-api.md, 4). */
    static final String QUESTION = "/customers?limit=1";

    private final CredytSettings settings;
    private volatile Answered answered = Answered.NOT_YET;

    CredytProbe(CredytSettings settings) {
        this.settings = settings;
    }

    /** @param at when the answer was there */
    record Answered(Answer answer, Instant at) {
        static final Answered NOT_YET = new Answered(new Answer.Failure(false, "not asked"), Instant.EPOCH);
    }

    /** @throws org.apache.kafka.common.config.ConfigException if there is no key to ask with */
    synchronized Answered ask() {
        if (answered.equals(Answered.NOT_YET)) {
            ApiKeys keys = ApiKeys.open(settings.apiKey(), System::nanoTime);
            try (CredytHttp http = new CredytHttp(settings, keys, 1)) {
                Answer answer = http.get(QUESTION).toCompletableFuture().join();
                answered = new Answered(answer, Instant.now());
            }
        }
        return answered;
    }
}
