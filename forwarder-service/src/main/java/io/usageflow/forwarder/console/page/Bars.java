package io.usageflow.forwarder.console.page;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import java.util.ArrayList;
import java.util.Arrays;

/** Counts over time as a small picture. Pure. */
public final class Bars {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 120;

    private Bars() {}

    /** One bar for each count, the highest as high as the picture. */
    public static Html of(long[] counts, String label) {
        long most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        int width = WIDTH / counts.length;
        var bars = new ArrayList<Html>();
        for (int i = 0; i < counts.length; i++) {
            long height = counts[i] == 0 ? 0 : Math.max(HEIGHT / 10, HEIGHT * counts[i] / most);
            bars.add(el(
                    "rect",
                    attr("x", i * width),
                    attr("y", HEIGHT - height),
                    attr("width", width - 2),
                    attr("height", height)));
        }
        return el(
                "svg",
                css("bars"),
                attr("viewBox", "0 0 " + WIDTH + " " + HEIGHT),
                attr("preserveAspectRatio", "none"),
                attr("role", "img"),
                attr("aria-label", label),
                bars);
    }
}
