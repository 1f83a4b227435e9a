package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages away from the control surface, which knows no key: a page whose name an attacker points at this machine
 * (DNS rebinding), and one that sends a form here. Addresses, and names without a dot such as those of containers, are no
 * names that an attacker can own. Pure.
 */
final class HostCheck {
    private static final Pattern ADDRESS_OR_LOCAL_NAME =
            Pattern.compile("[A-Za-z0-9_-]+|\\d+(\\.\\d+){3}|\\[[0-9A-Fa-f:.]+]");

    private HostCheck() {}

    /** The refusal, or null where the request may pass. */
    static @Nullable Answer refusal(Context context, String boundTo) {
        String host = context.req().getServerName();
        if (!isOurs(host, boundTo)) {
            return Problems.of(
                    421, "The control surface does not answer under this name: use the address, or localhost.");
        }
        String origin = context.header("Origin");
        return origin == null || isOurs(hostOf(origin), boundTo)
                ? null
                : Problems.of(403, "The control surface takes no requests of other sites' pages.");
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
