package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage.Page;
import java.util.List;
import java.util.Locale;

/** Says to people why a request was refused. Without navigation, since who asks may not be known. Pure. */
final class RefusedPage {
    private RefusedPage() {}

    /** @param why a sentence without its capital letter and its stop */
    static Page of(int status, String why) {
        String sentence = why.substring(0, 1).toUpperCase(Locale.ROOT) + why.substring(1) + ".";
        return Layout.bare(
                status,
                "Refused",
                List.of(el(
                        "main",
                        css("login"),
                        el("h1", "usageflow"),
                        Layout.note(sentence),
                        el("p", "Status " + status + ". ", Layout.link("To the first page", "flow"), "."))));
    }
}
