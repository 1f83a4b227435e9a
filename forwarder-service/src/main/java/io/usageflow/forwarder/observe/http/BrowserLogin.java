package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.observe.WebPage;
import java.net.URLEncoder;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of browsers, which cannot send a token with each request: a form takes the token once, and a cookie names
 * the session. Sessions are in memory, so a restart ends them. Thread-safe.
 */
final class BrowserLogin {
    static final String LOGIN = WebPage.FOLDER + "login";
    static final String LOGOUT = WebPage.FOLDER + "logout";
    static final String COOKIE = "usageflow-session";
    static final int SESSIONS_MAX = 256;
    static final Duration SESSION_MAX = Duration.ofHours(12);

    /** Each holds a thread until the form has come, so slow ones must be few. */
    private static final int FORMS_AT_ONCE = 4;

    private static final int SESSION_BYTES = 32;
    private static final int SEE_OTHER = 303;
    private static final String FIRST_PAGE = "flow";

    /** A page of this folder, with its query. */
    private static final Pattern NEXT = Pattern.compile("[a-z-]{1,32}(\\?[A-Za-z0-9%&=+._*~:@/-]{0,2000})?");

    private static final Logger LOG = LoggerFactory.getLogger(BrowserLogin.class);

    private final List<AdminToken> tokens;
    private final FailedTokens failures;
    private final Refusals refusals;
    private final LongSupplier nanoClock;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore forms = new Semaphore(FORMS_AT_ONCE);
    private final Map<String, Session> sessions = new LinkedHashMap<>();

    BrowserLogin(List<AdminToken> tokens, FailedTokens failures, Refusals refusals, LongSupplier nanoClock) {
        this.tokens = List.copyOf(tokens);
        this.failures = failures;
        this.refusals = refusals;
        this.nanoClock = nanoClock;
    }

    private record Session(AdminToken caller, long sinceNanos) {}

    /** Whose session a cookie names. */
    synchronized Optional<AdminToken> caller(@Nullable String cookie) {
        return Optional.ofNullable(cookie)
                .map(sessions::get)
                .filter(session -> nanoClock.getAsLong() - session.sinceNanos() < SESSION_MAX.toNanos())
                .map(Session::caller);
    }

    /** Begins a session, and ends the oldest where there are too many. */
    synchronized String begin(AdminToken caller) {
        if (sessions.size() == SESSIONS_MAX) {
            sessions.remove(sessions.keySet().iterator().next());
        }
        var id = new byte[SESSION_BYTES];
        random.nextBytes(id);
        String cookie = HexFormat.of().formatHex(id);
        sessions.put(cookie, new Session(caller, nanoClock.getAsLong()));
        return cookie;
    }

    private synchronized void end(@Nullable String cookie) {
        sessions.remove(cookie);
    }

    /** Sends a browser without a session to the form, and from there back to what it asked for. */
    static void ask(Context request) {
        String query = request.queryString();
        String next = encoded(next(page(request) + (query == null ? "" : "?" + query)));
        goTo(request, "login?" + (request.method().equals(HandlerType.POST) ? "refused=form&" : "") + "next=" + next);
    }

    void login(Context request) {
        String address = request.req().getRemoteAddr();
        if (!forms.tryAcquire()) {
            refusals.busy(request, "others log in now");
            return;
        }
        String next;
        Optional<AdminToken> caller;
        boolean tooMany = failures.tooMany(address);
        try {
            next = next(request.formParam("next"));
            String token = request.formParam("token");
            caller = tooMany || token == null ? Optional.empty() : AdminToken.find(tokens, token.strip());
        } finally {
            forms.release();
        }
        if (caller.isPresent()) {
            LOG.info("event=admin_login by={} address={}", caller.get().name(), address);
            setCookie(request, begin(caller.get()), "");
            goTo(request, next);
        } else {
            if (!tooMany) {
                failures.add(address);
                LOG.warn("event=admin_token_refused address={} path={}", address, LOGIN);
            }
            goTo(request, "login?refused=" + (tooMany ? "wait" : "token") + "&next=" + encoded(next));
        }
    }

    void logout(Context request) {
        end(request.cookie(COOKIE));
        setCookie(request, "", "; Max-Age=0");
        goTo(request, "login");
    }

    /**
     * Without a path, so that it is the folder's, also behind a proxy that adds one. Strict: no page of another site
     * makes a browser send it.
     */
    private static void setCookie(Context request, String value, String more) {
        boolean secure = "https".equalsIgnoreCase(request.header("X-Forwarded-Proto"));
        request.header(
                "Set-Cookie", COOKIE + "=" + value + "; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "") + more);
    }

    private static String page(Context request) {
        return request.path().substring(WebPage.FOLDER.length());
    }

    private static String next(@Nullable String asked) {
        return asked != null && NEXT.matcher(asked).matches() ? asked : FIRST_PAGE;
    }

    private static String encoded(String next) {
        return URLEncoder.encode(next, UTF_8);
    }

    /** @param page relative to the folder: the server does not know under which address a proxy shows it */
    static void goTo(Context request, String page) {
        request.status(SEE_OTHER).header("Location", page);
    }
}
