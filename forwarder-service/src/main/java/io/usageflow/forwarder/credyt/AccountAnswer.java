package io.usageflow.forwarder.credyt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.CredytSettings.Mode;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code GET /accounts/self} says about the API key. Pure.
 *
 * @param told false if Credyt gave no answer that would stay the same, such as in an outage
 * @param id Credyt's id of the account
 * @param mode empty if Credyt does not say it. No source shows the body of this answer; {@code live_mode} is how Credyt
 *     names the mode in webhooks (docs/credyt-api.md, 1)
 */
public record AccountAnswer(boolean told, Optional<String> id, Optional<Mode> mode) {
    public static final String PATH = "/accounts/self";

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Set<Integer> NOT_NOW = Set.of(401, 408, 425, 429);

    public static AccountAnswer of(Answer answer) {
        Optional<Answer.Response> response = answer.response();
        if (response.isEmpty()
                || response.get().status() >= 500
                || NOT_NOW.contains(response.get().status())) {
            return new AccountAnswer(false, Optional.empty(), Optional.empty());
        }
        JsonNode body = response.get().status() / 100 == 2 ? json(response.get()) : MissingNode.getInstance();
        JsonNode live = body.path("live_mode");
        return new AccountAnswer(
                true,
                Optional.ofNullable(body.path("id").textValue()),
                live.isBoolean() ? Optional.of(live.booleanValue() ? Mode.LIVE : Mode.TEST) : Optional.empty());
    }

    private static JsonNode json(Answer.Response response) {
        try {
            JsonNode body = MAPPER.readTree(response.body());
            return body == null ? MissingNode.getInstance() : body;
        } catch (JsonProcessingException malformed) {
            // A page of a proxy, for example: it tells no mode.
            return MissingNode.getInstance();
        }
    }

    /** Why nothing may be sent; empty if the mode is the expected one, or Credyt does not say it. */
    public Optional<String> objection(Optional<Mode> expected) {
        return mode.filter(said -> expected.isPresent() && said != expected.get())
                .map(said -> "Credyt says that the API key is of " + said.word() + " mode, but "
                        + CredytSettings.EXPECT_MODE + " is "
                        + expected.map(Mode::word).orElse("")
                        + ": nothing is sent; use a key of the expected mode");
    }

    /** One clause for messages. */
    public String text() {
        return id.map(account -> "account " + account + ", ").orElse("")
                + mode.map(said -> said.word() + " mode")
                        .orElse(
                                told
                                        ? "mode unknown: Credyt does not say it"
                                        : "mode unknown: Credyt has not answered yet");
    }
}
