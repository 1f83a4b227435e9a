package io.usageflow.forwarder.observe.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.http.Context;
import io.usageflow.forwarder.config.AdminToken;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.forwarder.observe.WebPage.Submission;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Takes the forms of the console. Each holds a thread until it has come, so slow ones must be few. Thread-safe. */
final class ConsoleForms {
    private static final int AT_ONCE = 4;

    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Refusals refusals;

    ConsoleForms(Refusals refusals) {
        this.refusals = refusals;
    }

    void change(Context request, Function<Submission, Page> change) {
        if (!places.tryAcquire()) {
            refusals.busy(request, "others send forms now");
            return;
        }
        Map<String, List<String>> sent;
        try {
            sent = request.formParamMap();
        } finally {
            places.release();
        }
        Map<String, List<String>> fields = new HashMap<>(request.queryParamMap());
        fields.putAll(sent);
        Page page =
                change.apply(new Submission(fields, RequestGate.caller(request).map(AdminToken::name)));
        if (page.goes()) {
            BrowserLogin.goTo(request, page.text());
        } else {
            request.status(page.status())
                    .contentType(page.type())
                    .result(page.text().getBytes(UTF_8));
        }
    }
}
