package io.usageflow.forwarder.delivery.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;

/**
 * The meaning of a status word or number. None is documented (docs/credyt-api.md, 3), so these are closed lists of
 * common words; an unlisted word proves nothing. Pure.
 */
enum StatusWord {
    ACCEPTED,
    /** Credyt knew the event before. */
    KNOWN,
    /** Failed for now. */
    LATER,
    /** Refused, because the customer lacks funds. */
    NO_FUNDS,
    /** Refused for its content. */
    REJECTED,
    /** Failed for an unknown reason. */
    FAILED,
    UNKNOWN;

    private static final Set<String> ACCEPTED_WORDS = Set.of(
            "ok",
            "success",
            "successful",
            "succeeded",
            "accepted",
            "created",
            "queued",
            "enqueued",
            "received",
            "recorded",
            "stored",
            "saved",
            "ingested",
            "processed",
            "submitted",
            "published",
            "delivered",
            "done",
            "completed");
    private static final Set<String> KNOWN_WORDS = Set.of(
            "duplicate",
            "duplicated",
            "exists",
            "known",
            "alreadyexists",
            "alreadyknown",
            "alreadyrecorded",
            "alreadyprocessed",
            "alreadyaccepted",
            "duplicateevent",
            "duplicateeventid",
            "duplicateid",
            "eventexists",
            "eventalreadyexists");
    private static final Set<String> LATER_WORDS = Set.of(
            "retry",
            "tryagain",
            "throttled",
            "ratelimited",
            "toomanyrequests",
            "unavailable",
            "serviceunavailable",
            "timeout",
            "timedout",
            "overloaded");
    private static final Set<String> NO_FUNDS_WORDS = Set.of(
            "nofunds",
            "outoffunds",
            "outofcredits",
            "insufficientfunds",
            "insufficientbalance",
            "insufficientcredit",
            "insufficientcredits",
            "insufficientwalletbalance",
            "notenoughfunds",
            "notenoughbalance",
            "notenoughcredits",
            "balancetoolow",
            "paymentrequired",
            "overdraftnotallowed",
            "overdraftexceeded",
            "overdraftlimitexceeded",
            "overdraftlimitreached",
            "creditlimitexceeded");
    private static final Set<String> REJECTED_WORDS = Set.of(
            "rejected",
            "refused",
            "invalid",
            "badrequest",
            "unprocessable",
            "unprocessableentity",
            "validationfailed",
            "validationerror");
    private static final Set<String> FAILED_WORDS =
            Set.of("failed", "failure", "error", "denied", "dropped", "skipped");

    /** Reads a status, state or code: a word in any notation, or an HTTP status. */
    static StatusWord of(JsonNode value) {
        if (value.isIntegralNumber()) {
            return ofStatus(value.canConvertToInt() ? value.asInt() : 0);
        }
        return value.isTextual() ? of(value.asText()) : UNKNOWN;
    }

    static StatusWord of(String text) {
        if (text.matches("\\s*\\d{3}\\s*")) {
            return ofStatus(Integer.parseInt(text.strip()));
        }
        String word = normal(text);
        if (ACCEPTED_WORDS.contains(word)) {
            return ACCEPTED;
        }
        if (KNOWN_WORDS.contains(word)) {
            return KNOWN;
        }
        if (LATER_WORDS.contains(word)) {
            return LATER;
        }
        if (NO_FUNDS_WORDS.contains(word)) {
            return NO_FUNDS;
        }
        if (REJECTED_WORDS.contains(word)) {
            return REJECTED;
        }
        return FAILED_WORDS.contains(word) ? FAILED : UNKNOWN;
    }

    /** Unknown for 409, which does not say what conflicts. */
    private static StatusWord ofStatus(int status) {
        if (status >= 200 && status < 300 && status != 207) {
            return ACCEPTED;
        }
        return switch (status) {
            case 408, 425, 429 -> LATER;
            case 402 -> NO_FUNDS;
            case 400, 413, 422 -> REJECTED;
            default -> status >= 500 && status < 600 ? LATER : UNKNOWN;
        };
    }

    /** Normalizes {@code already_exists}, {@code AlreadyExists} and {@code already-exists} to the same word. */
    static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[\\s_.!-]", "");
    }
}
