package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Protects the admin surface, which needs no key, from web pages. An attacker can let a domain name resolve to this
 * machine (DNS rebinding) or send a form to it. Addresses, and names without a dot such as those of containers, cannot
 * belong to an attacker. Pure.
 */
final class HostCheck {
    private static final Pattern ADDRESS_OR_LOCAL_NAME =
            Pattern.compile("[A-Za-z0-9_-]+|\\d+(\\.\\d+){3}|\\[[0-9A-Fa-f:.]+]");

    private HostCheck() {}

    /** The refusal, or null if the request may pass. */
    static @Nullable ApiResponse refusal(Context context, String boundTo) {
        String host = context.req().getServerName();
        if (!isOurs(host, boundTo)) {
            return Problems.of(
                    421, "The admin surface does not answer under this name. Use the address, or localhost.");
        }
        String origin = context.header("Origin");
        return origin == null || isOurs(hostOf(origin), boundTo)
                ? null
                : Problems.of(403, "The admin surface takes no requests from pages of other sites.");
    }

    private static boolean isOurs(@Nullable String host, String boundTo) {
        return host != null
                && (host.equalsIgnoreCase(boundTo)
                        || ADDRESS_OR_LOCAL_NAME.matcher(host).matches());
    }

    private static @Nullable String hostOf(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException none) {
            return null;
        }
    }
}
