package io.usageflow.forwarder.observe.http;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.schema.net.PlainTraffic;
import java.util.List;
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
    private static final String FORM = "application/x-www-form-urlencoded";

    private final AdminSettings settings;
    private final List<AdminToken> tokens;
    private final Paths paths;

    /** @param tokens none if everybody who reaches the port may use it */
    AdminAccess(AdminSettings settings, List<AdminToken> tokens, Paths paths) {
        this.settings = settings;
        this.tokens = List.copyOf(tokens);
        this.paths = paths;
    }

    /**
     * Paths with rules of their own.
     *
     * @param commands take POST with JSON of an operator
     * @param changes take POST of an operator's form
     * @param logins take POST of a browser's form, of everybody
     * @param open need no token
     */
    record Paths(Set<String> commands, Set<String> changes, Set<String> logins, Set<String> open) {}

    /** @param why one sentence with the remedy */
    record Refusal(int status, String why) {}

    /**
     * What a request says of itself.
     *
     * @param host the name it asks for, without the port
     * @param authority the header Host
     */
    record Question(
            String method,
            String path,
            @Nullable String host,
            @Nullable String authority,
            Optional<AdminToken> caller,
            @Nullable String type,
            @Nullable String origin,
            @Nullable String fetchSite) {}

    /** Whether a request is refused. */
    Optional<Refusal> refusal(Question question) {
        boolean post = question.method().equals("POST");
        boolean command = post && paths.commands().contains(question.path());
        boolean change = post && paths.changes().contains(question.path());
        boolean login = post && paths.logins().contains(question.path());
        if (!command
                && !change
                && !login
                && !question.method().equals("GET")
                && !question.method().equals("HEAD")) {
            return Optional.of(new Refusal(405, "this page is read only: use GET or HEAD"));
        }
        if (!isOurs(question.host())) {
            return Optional.of(new Refusal(
                    421,
                    "the admin server is not asked under this name: use its address, or add the name to "
                            + AdminSettings.ALLOWED_HOSTS));
        }
        if (login) {
            return refusalOfPost(question, FORM);
        }
        if (!isOpen(question.path()) && question.caller().isEmpty()) {
            return Optional.of(new Refusal(
                    401,
                    "a token is needed: send 'Authorization: Bearer TOKEN' with one of " + AdminSettings.TOKENS + " or "
                            + AdminSettings.TOKEN_FILE));
        }
        if (command || change) {
            return refusalOfChange(question, command ? JSON : FORM);
        }
        return Optional.empty();
    }

    /** A browser sends what a page of another origin makes it send, with the reader's address and cookies. */
    private static Optional<Refusal> refusalOfChange(Question question, String type) {
        if (question.caller()
                .filter(caller -> caller.role() == AdminRole.READER)
                .isPresent()) {
            return Optional.of(
                    new Refusal(403, "the role operator is needed, and this token is a reader's: nothing was changed"));
        }
        return refusalOfPost(question, type);
    }

    private static Optional<Refusal> refusalOfPost(Question question, String type) {
        if (!isSameOrigin(question)) {
            return Optional.of(new Refusal(403, "a page of another origin asks for this: use this server's own pages"));
        }
        return type.equals(question.type())
                ? Optional.empty()
                : Optional.of(new Refusal(415, "send the header 'Content-Type: " + type + "'"));
    }

    /** Browsers send Sec-Fetch-Site over https and to this machine only, Origin always. Other programs send neither. */
    private static boolean isSameOrigin(Question question) {
        String site = question.fetchSite();
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        String origin = question.origin();
        return origin == null
                || origin.equals("http://" + question.authority())
                || origin.equals("https://" + question.authority());
    }

    /** The role of a request without a token. */
    AdminRole roleWithoutToken() {
        return tokens.isEmpty() ? AdminRole.OPERATOR : AdminRole.READER;
    }

    /** Whose token a request has. */
    Optional<AdminToken> caller(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? AdminToken.find(
                        tokens, authorization.substring(SCHEME.length()).strip())
                : Optional.empty();
    }

    private boolean isOurs(@Nullable String host) {
        return host != null
                && (PlainTraffic.isAllowed(host, settings.allowedHosts())
                        || host.equalsIgnoreCase(settings.host())
                        || ADDRESS.matcher(host).matches());
    }

    private boolean isOpen(String path) {
        return tokens.isEmpty()
                || path.equals(AdminServer.LIVE)
                || path.equals(AdminServer.READY)
                || paths.open().contains(path)
                || (settings.metricsOpen() && path.equals(AdminServer.METRICS));
    }
}
