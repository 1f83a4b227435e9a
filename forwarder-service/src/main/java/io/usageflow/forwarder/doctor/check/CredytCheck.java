package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.AccountAnswer;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.check.CredytCheck.CredytProbe.Answered;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;

/** Whether Credyt answers and takes the key. */
public record CredytCheck(CredytProbe probe, Settings settings) {
    static final String NAME = "Credyt";

    public List<CheckResult> look() {
        if (!settings.process().roles().contains(Role.DELIVERY)) {
            return List.of(CheckResult.skipped(NAME, "this process does not have the role delivery"));
        }
        try {
            Answered answered = probe.ask();
            return List.of(judge(answered.answer(), answered.account(), settings.credyt()));
        } catch (ConfigException noKey) {
            return List.of(CheckResult.fail(
                    NAME,
                    "there is no usable API key: " + noKey.getMessage(),
                    "set " + CredytSettings.API_KEY_FILE + " or " + CredytSettings.API_KEY));
        }
    }

    /**
     * Judges what Credyt answers.
     *
     * @param account as Credyt says it; counts only if Credyt takes the key
     */
    public static CheckResult judge(Answer answer, AccountAnswer account, CredytSettings credyt) {
        String url = credyt.url().toString();
        Optional<Answer.Response> response = answer.response();
        if (response.isEmpty()) {
            return CheckResult.fail(
                    NAME,
                    url + " does not answer: " + ((Answer.Failure) answer).detail(),
                    "check " + CredytSettings.URL + ", the way out of this network (" + CredytSettings.PROXY
                            + ") and, for a private authority, " + CredytSettings.TRUST_STORE);
        }
        int status = response.get().status();
        if (status == 401 || status == 403) {
            return CheckResult.fail(
                    NAME,
                    url + " refuses the key (status " + status + ")",
                    "put a key that holds into " + CredytSettings.API_KEY_FILE
                            + credyt.account()
                                    .map(id -> ", or check that " + CredytSettings.ACCOUNT + "=" + id
                                            + " is a connected account of the key")
                                    .orElse("")
                            + "; docs/runbook.md, 'The key was revoked'");
        }
        if (status == 429 || status >= 500) {
            return CheckResult.warn(
                    NAME,
                    url + " answers with status " + status,
                    "nothing to do: delivery waits and resumes; docs/runbook.md, 'Credyt is down'");
        }
        if (status / 100 != 2 || !response.get().body().stripLeading().startsWith("{")) {
            return CheckResult.fail(
                    NAME,
                    url + " answers, but not as Credyt does (status " + status + ")",
                    "check " + CredytSettings.URL + ": something else may stand there");
        }
        Optional<String> objection = account.objection(credyt.expectedMode());
        if (objection.isPresent()) {
            return CheckResult.fail(
                    NAME,
                    url + ": " + objection.get(),
                    "put a key of the expected mode into " + CredytSettings.API_KEY_FILE + ", or change "
                            + CredytSettings.EXPECT_MODE);
        }
        String found = url + " answers and takes the key; " + account.text();
        return credyt.expectedMode().isPresent() && account.mode().isEmpty()
                ? CheckResult.warn(
                        NAME,
                        found + ", so " + CredytSettings.EXPECT_MODE + " has no effect",
                        "check by hand which mode the key is of")
                : CheckResult.ok(NAME, found);
    }

    /** Asks Credyt two harmless questions, once for all checks that look at the answer. Thread-safe. */
    static final class CredytProbe {
        /** Reads one customer, so it needs the key and changes nothing (docs/credyt-api.md, 4). */
        static final String QUESTION = "/customers?limit=1";

        private static final Answer NOT_ASKED = new Answer.Failure(false, "not asked");

        private final CredytSettings settings;
        private volatile Answered answered = Answered.NOT_YET;

        CredytProbe(CredytSettings settings) {
            this.settings = settings;
        }

        /** @param at when the answer was there */
        record Answered(Answer answer, Instant at, AccountAnswer account) {
            static final Answered NOT_YET = new Answered(NOT_ASKED, Instant.EPOCH, AccountAnswer.of(NOT_ASKED));
        }

        /** @throws org.apache.kafka.common.config.ConfigException if there is no key to ask with */
        synchronized Answered ask() {
            if (answered.equals(Answered.NOT_YET)) {
                ApiKeys keys = ApiKeys.open(settings.apiKey(), System::nanoTime);
                try (CredytHttp http = new CredytHttp(settings.inAnyMode(), keys, 1)) {
                    Answer answer = http.get(QUESTION).toCompletableFuture().join();
                    Instant at = Instant.now();
                    answered = new Answered(
                            answer, at, http.account().toCompletableFuture().join());
                }
            }
            return answered;
        }
    }
}
