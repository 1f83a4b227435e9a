package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.schema.net.PlainTraffic;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask what of the admin server. Names of others are refused, since a web page can point its own name at this
 * machine and read what is answered; an address is no name. Pure.
 */
final class AdminAccess {
    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]?");
    private static final String SCHEME = "Bearer ";
    private static final String JSON = "application/json";

    private final AdminSettings settings;
    private final Optional<String> token;

    private final Set<String> commands;

    /** @param commands paths that also take POST */
    AdminAccess(AdminSettings settings, Optional<String> token, Set<String> commands) {
        this.settings = settings;
        this.token = token;
        this.commands = Set.copyOf(commands);
    }

    /** @param why one sentence with the remedy */
    record Refusal(int status, String why) {}

    /**
     * Whether a request is refused.
     *
     * @param host as the request names it, without the port
     * @param type the content type; a web page of another origin cannot send JSON without asking first
     */
    Optional<Refusal> refusal(
            String method, String path, @Nullable String host, @Nullable String authorization, @Nullable String type) {
        boolean command = method.equals("POST") && commands.contains(path);
        if (!command && !method.equals("GET") && !method.equals("HEAD")) {
            return Optional.of(new Refusal(405, "this page is read only: use GET or HEAD"));
        }
        if (!isOurs(host)) {
            return Optional.of(new Refusal(
                    421,
                    "the admin server is not asked under this name: use its address, or add the name to "
                            + AdminSettings.ALLOWED_HOSTS));
        }
        if (!isOpen(path) && !isKnown(authorization)) {
            return Optional.of(new Refusal(
                    401,
                    "a token is needed: send 'Authorization: Bearer TOKEN' with that of " + AdminSettings.TOKEN_FILE));
        }
        return command && !JSON.equals(type)
                ? Optional.of(new Refusal(415, "send the header 'Content-Type: " + JSON + "'"))
                : Optional.empty();
    }

    private boolean isOurs(@Nullable String host) {
        return host != null
                && (PlainTraffic.isAllowed(host, settings.allowedHosts())
                        || host.equalsIgnoreCase(settings.host())
                        || ADDRESS.matcher(host).matches());
    }

    private boolean isOpen(String path) {
        return token.isEmpty()
                || path.equals(AdminServer.LIVE)
                || path.equals(AdminServer.READY)
                || (settings.metricsOpen() && path.equals(AdminServer.METRICS));
    }

    /** In a time that does not depend on where the texts differ. */
    private boolean isKnown(@Nullable String authorization) {
        return authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && token.filter(known -> MessageDigest.isEqual(
                                known.getBytes(UTF_8),
                                authorization.substring(SCHEME.length()).strip().getBytes(UTF_8)))
                        .isPresent();
    }
}
