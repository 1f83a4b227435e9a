package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks axe-core what is wrong with the page that a browser shows. DevTools evaluates it, so the page's
 * Content-Security-Policy does not bind it.
 */
public final class Accessibility {
    private static final String SOURCE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

    /** axe reads pixels of a canvas for the contrast, and Chromium warns of that in the console. */
    private static final String QUIET_CANVAS = """
            if (!window.axe) {
              const get = HTMLCanvasElement.prototype.getContext;
              HTMLCanvasElement.prototype.getContext = function (kind, options) {
                return get.call(this, kind, { ...options, willReadFrequently: true });
              };
            }
            """;

    private static final String RUN = """
            axe.run(document, { resultTypes: ['violations'], preload: false })
              .then((all) => all.violations
                .filter((each) => ['serious', 'critical'].includes(each.impact))
                .map((each) => each.id + ': ' + each.help + ': '
                  + each.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join('; ')))
            """;

    private final String axe = source();

    /** The violations of impact serious or critical, in light and dark; each names its rule and the first elements. */
    public List<String> violations(Chromium chromium) {
        var found = new ArrayList<String>();
        for (boolean dark : List.of(false, true)) {
            chromium.scheme(dark);
            run(chromium).forEach(each -> found.add((dark ? "dark: " : "light: ") + each));
        }
        chromium.scheme(false);
        return found;
    }

    private List<String> run(Chromium chromium) {
        chromium.evaluate(QUIET_CANVAS);
        chromium.evaluate("window.axe ? 0 : (() => {" + axe + "})() || 0");
        JsonNode violations = chromium.evaluate(RUN).orElseThrow();
        if (!violations.isArray()) {
            throw new AssertionError("axe did not answer: " + violations);
        }
        var found = new ArrayList<String>();
        violations.forEach(each -> found.add(each.asText()));
        return found;
    }

    private static String source() {
        try (InputStream in = Accessibility.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is not on the class path");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
