package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.console.page.Html;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Rates over time as a picture. Pure. */
final class Plot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 120;

    private Plot() {}

    /**
     * Two lines.
     *
     * @param rates the oldest first; the newest is at the right edge
     */
    static Html of(List<FlowHistory.Rates> rates) {
        if (rates.isEmpty()) {
            return el("p", "Nothing yet: a sample is taken every " + FlowHistory.EVERY.toSeconds() + " s.");
        }
        double most = rates.stream()
                .mapToDouble(each -> Math.max(each.admitted(), each.delivered()))
                .max()
                .orElse(0);
        String label =
                String.format(Locale.ROOT, "at most %,.1f a second; the last %d min", most, (rates.size() + 5) / 6);
        return el(
                "figure",
                el(
                        "svg",
                        attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT),
                        attr("preserveAspectRatio", "none"),
                        attr("role", "img"),
                        attr("aria-label", "Events a second, " + label),
                        line("admitted", rates, most, FlowHistory.Rates::admitted),
                        line("delivered", rates, most, FlowHistory.Rates::delivered)),
                el(
                        "figcaption",
                        el("span", css("key admitted"), "admitted"),
                        " ",
                        el("span", css("key delivered"), "delivered"),
                        " ",
                        label));
    }

    private static Html line(
            String name, List<FlowHistory.Rates> rates, double most, ToDoubleFunction<FlowHistory.Rates> value) {
        var points = new StringBuilder();
        int slots = FlowHistory.SAMPLES_MAX - 1;
        for (int i = 0; i < rates.size(); i++) {
            double x = WIDTH * (double) (slots - rates.size() + i + 1) / slots;
            double y = HEIGHT - 2 - (most == 0 ? 0 : (HEIGHT - 4) * value.applyAsDouble(rates.get(i)) / most);
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        }
        return el("polyline", css(name), attr("points", points.toString().strip()));
    }
}
