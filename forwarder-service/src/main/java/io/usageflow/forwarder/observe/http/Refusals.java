package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.text.VisibleText;
import java.util.Set;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why a request is not answered: to people, who ask under the console's addresses, as a page, and to programs in
 * JSON. Thread-safe.
 */
final class Refusals {
    /** They lead to the console's first page. */
    static final Set<String> ENTRANCES = Set.of("/", "/console", "/console/");

    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int FAULT = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final WebPage.Pages web;

    Refusals(WebPage.Pages web) {
        this.web = web;
    }

    /** Whether people ask there. */
    boolean isForPeople(Context request) {
        return !web.all().isEmpty()
                && (request.path().startsWith(WebPage.FOLDER) || ENTRANCES.contains(request.path()));
    }

    /** @param why one sentence with the remedy */
    void answer(Context request, int status, String why) {
        if (isForPeople(request)) {
            WebPage.Page page = web.refusal().apply(status, why);
            request.status(status).contentType(page.type()).result(page.text().getBytes(UTF_8));
        } else {
            AdminServer.answer(request, status, new AdminPage.Problem(why));
        }
    }

    /** For now: the same may be asked again soon. */
    void busy(Context request, String why) {
        request.header("Retry-After", "2");
        answer(request, 503, why + ": try again in 2 s");
    }

    /** Addresses that do not exist, requests that cannot be read, and faults. */
    void answerFailures(JavalinConfig config) {
        config.routes.exception(
                HttpResponseException.class, (refused, request) -> failed(request, refused.getStatus(), refused));
        config.routes.exception(
                Exception.class,
                (failed, request) ->
                        failed(request, failed instanceof HttpException http ? http.getCode() : FAULT, failed));
    }

    private void failed(Context request, int status, Exception failed) {
        if (status >= FAULT) {
            LOG.error(
                    "event=admin_page_failed method={} path={}",
                    request.method(),
                    VisibleText.logged(request.path()),
                    failed);
        }
        answer(
                request,
                status,
                switch (status) {
                    case BAD_REQUEST -> "the request cannot be read: send it as a browser does";
                    case NOT_FOUND -> "there is nothing under this address";
                    case METHOD_NOT_ALLOWED -> "this page is read only: use GET or HEAD";
                    case TOO_LARGE -> "the request is too large, and nothing was changed: send less";
                    default ->
                        status >= FAULT
                                ? "this failed, and the forwarder's log says why (event=admin_page_failed)"
                                : "the request is refused with status " + status;
                });
    }
}
