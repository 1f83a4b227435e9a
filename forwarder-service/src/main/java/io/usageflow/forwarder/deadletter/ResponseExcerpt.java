package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The part of an HTTP answer that a dead letter keeps: secrets removed first, then cut to {@value #BYTES_MAX} bytes of
 * UTF-8, so that no cut can leave half a secret standing. Thread-safe.
 */
public final class ResponseExcerpt {
    /** Bound of an excerpt, in bytes of UTF-8. */
    public static final int BYTES_MAX = 2048;

    private static final String MASK = "***";
    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer|basic)\\s+[a-z0-9._~+/=-]{6,}");

    private final Supplier<? extends Collection<String>> secrets;

    /**
     * Makes an excerpt that removes these secrets.
     *
     * @param secrets exact texts that must never be kept, such as the API key; read for each excerpt, since keys
     *     rotate. Blank ones are ignored
     */
    public ResponseExcerpt(Supplier<? extends Collection<String>> secrets) {
        this.secrets = secrets;
    }

    /** The excerpt of the body; never fails, whatever the body is. */
    public String of(String body) {
        String masked = body;
        List<String> longestFirst = secrets.get().stream()
                .filter(secret -> !secret.isBlank())
                .sorted(Comparator.comparingInt(String::length).reversed()) // one may hold another
                .toList();
        for (String secret : longestFirst) {
            masked = masked.replace(secret, MASK);
        }
        return cut(BEARER.matcher(masked).replaceAll("$1 " + MASK));
    }

    private static String cut(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        if (utf8.length <= BYTES_MAX) {
            return text;
        }
        int end = BYTES_MAX;
        while ((utf8[end] & 0xC0) == 0x80) { // never in the middle of a character
            end--;
        }
        return new String(utf8, 0, end, UTF_8);
    }
}
