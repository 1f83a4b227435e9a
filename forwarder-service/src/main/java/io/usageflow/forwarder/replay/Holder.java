package io.usageflow.forwarder.replay;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose job is running, as its client id tells. Immutable, pure.
 *
 * @param since empty where the group's member is no job of ours, but somebody's consumer of the same group
 */
public record Holder(String who, String job, Optional<Instant> since) {
    private static final Pattern CLIENT_ID = Pattern.compile("usageflow-replay:([^:]*):([^:]*):(\\d{1,15})");
    private static final int WORD_CHARS_MAX = 64;

    static Holder of(String clientId) {
        Matcher matcher = CLIENT_ID.matcher(clientId);
        return matcher.matches()
                ? new Holder(
                        matcher.group(1),
                        matcher.group(2),
                        Optional.of(Instant.ofEpochMilli(Long.parseLong(matcher.group(3)))))
                : new Holder(clientId, "", Optional.empty());
    }

    String clientId() {
        return "usageflow-replay:" + word(who) + ":" + word(job) + ":"
                + since.map(Instant::toEpochMilli).orElse(0L);
    }

    /** Client ids stand in names of metrics, and in the logs of brokers. */
    private static String word(String text) {
        String clean = text.replaceAll("[^A-Za-z0-9._@-]", "_");
        return clean.substring(0, Math.min(WORD_CHARS_MAX, clean.length()));
    }
}
