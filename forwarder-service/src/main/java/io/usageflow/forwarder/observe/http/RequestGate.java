package io.usageflow.forwarder.observe.http;

import io.javalin.http.Context;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.schema.text.VisibleText;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks {@link AdminAccess} whether a request is refused, and writes down who was refused and who used a command. */
final class RequestGate {
    /** Attribute of a request: whose token it has, if any. */
    private static final String CALLER = "caller";

    /** Attribute of a request: what it may do. */
    private static final String ROLE = "role";

    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Logger LOG = LoggerFactory.getLogger(RequestGate.class);

    private final AdminAccess access;
    private final FailedTokens failures;
    private final BrowserLogin login;

    RequestGate(AdminAccess access, FailedTokens failures, BrowserLogin login) {
        this.access = access;
        this.failures = failures;
        this.login = login;
    }

    /** A token is not even compared while its sender's address has failed too often. */
    Optional<AdminAccess.Refusal> refusal(Context request) {
        String authorization = request.header("Authorization");
        String address = request.req().getRemoteAddr();
        if (authorization != null && failures.tooMany(address)) {
            return Optional.of(new AdminAccess.Refusal(
                    TOO_MANY_REQUESTS, "too many wrong tokens from this address: try again in a minute"));
        }
        Optional<AdminToken> caller = authorization == null
                ? login.caller(request.cookie(BrowserLogin.COOKIE))
                : access.caller(authorization);
        caller.ifPresent(known -> request.attribute(CALLER, known));
        request.attribute(ROLE, caller.map(AdminToken::role).orElse(access.roleWithoutToken()));
        Optional<AdminAccess.Refusal> refusal = access.refusal(new AdminAccess.Question(
                request.req().getMethod(),
                request.path(),
                request.req().getServerName(),
                request.header("Host"),
                caller,
                request.header("Content-Type"),
                request.header("Origin"),
                request.header("Sec-Fetch-Site")));
        if (authorization != null
                && refusal.filter(why -> why.status() == UNAUTHORIZED).isPresent()) {
            failures.add(address);
            LOG.warn("event=admin_token_refused address={} path={}", address, VisibleText.logged(request.path()));
        }
        if (refusal.isEmpty()
                && request.req().getMethod().equals("POST")
                && !request.path().equals(BrowserLogin.LOGIN)
                && !request.path().equals(BrowserLogin.LOGOUT)) {
            LOG.info(
                    "event=admin_command by={} address={} path={}",
                    caller.map(AdminToken::name).orElse("none"),
                    address,
                    request.path());
        }
        return refusal;
    }

    /** What the request may do. */
    static AdminRole role(Context request) {
        return Optional.<AdminRole>ofNullable(request.attribute(ROLE)).orElse(AdminRole.READER);
    }

    /** Whose token the request has; empty where it has none. */
    static Optional<AdminToken> caller(Context request) {
        return Optional.ofNullable(request.attribute(CALLER));
    }
}
