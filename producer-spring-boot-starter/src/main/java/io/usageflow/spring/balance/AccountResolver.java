package io.usageflow.spring.balance;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Says which account pays for a request. The application defines one such bean. Called by many threads at once, before
 * the request's body is read.
 */
@FunctionalInterface
public interface AccountResolver {
    /** The account that the request's events will name; empty if the request does not say it. */
    Optional<String> account(HttpServletRequest request);
}
