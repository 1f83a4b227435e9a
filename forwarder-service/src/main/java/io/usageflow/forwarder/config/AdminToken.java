package io.usageflow.forwarder.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token of the admin port as the configuration holds it: its hash. SHA-256 without a salt is enough for what
 * {@code openssl rand -hex 32} makes, which no table contains. Immutable.
 *
 * @param name for the log
 * @param sha256 in lower-case hexadecimal digits
 */
public record AdminToken(AdminRole role, String name, String sha256) {
    /** The name of the token that is configured in clear. */
    static final String IN_CLEAR = "admin.token";

    private static final Pattern ENTRY =
            Pattern.compile("(reader|operator):([A-Za-z0-9._@-]{1,64}):([0-9a-f]{64})", Pattern.CASE_INSENSITIVE);

    /** What its holder may do. */
    public enum AdminRole {
        /** Reads. */
        READER,
        /** Reads, and uses commands. */
        OPERATOR
    }

    static AdminToken operator(String name, String token) {
        return new AdminToken(AdminRole.OPERATOR, name, hash(token));
    }

    /** Reads {@code ROLE:NAME:SHA256}; empty if it is something else. */
    static Optional<AdminToken> parse(String entry) {
        Matcher parts = ENTRY.matcher(entry.strip());
        return parts.matches()
                ? Optional.of(new AdminToken(
                        AdminRole.valueOf(parts.group(1).toUpperCase(Locale.ROOT)),
                        parts.group(2),
                        parts.group(3).toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** The one that a caller has sent, if any. The time does not depend on where texts differ, nor on which it is. */
    public static Optional<AdminToken> find(List<AdminToken> accepted, String sent) {
        byte[] hash = hash(sent).getBytes(UTF_8);
        Optional<AdminToken> found = Optional.empty();
        for (AdminToken each : accepted) {
            if (MessageDigest.isEqual(each.sha256().getBytes(UTF_8), hash)) {
                found = Optional.of(each);
            }
        }
        return found;
    }

    private static String hash(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
