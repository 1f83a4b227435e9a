package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.WebPage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes a token for a session of the browser. */
final class LoginView implements WebPage {
    private static final int NEXT_MAX = 2_048;

    @Override
    public String name() {
        return "login";
    }

    @Override
    public boolean open() {
        return true;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        Optional<Html> refusal =
                switch (Layout.parameter(query, "refused", 8)) {
                    case "token" -> Optional.of(Layout.note("This token is not known here."));
                    case "form" ->
                        Optional.of(Layout.note(
                                "The session had ended, and nothing was changed: log in and send the form again."));
                    case "wait" -> Optional.of(Layout.note("Too many wrong tokens from this address: wait a minute."));
                    default -> Optional.empty();
                };
        return Layout.bare(
                200,
                "Log in",
                List.of(el(
                        "main",
                        css("login"),
                        el("h1", "usageflow"),
                        refusal,
                        el(
                                "form",
                                attr("method", "post"),
                                attr("action", "login"),
                                // Password managers want a name to keep the token under.
                                el(
                                        "input",
                                        attr("name", "username"),
                                        attr("autocomplete", "username"),
                                        attr("value", "usageflow"),
                                        attr("hidden", "")),
                                el(
                                        "label",
                                        "Token",
                                        el(
                                                "input",
                                                attr("name", "token"),
                                                attr("type", "password"),
                                                attr("autocomplete", "current-password"),
                                                attr("required", ""),
                                                attr("autofocus", ""))),
                                el(
                                        "input",
                                        attr("type", "hidden"),
                                        attr("name", "next"),
                                        attr("value", Layout.parameter(query, "next", NEXT_MAX))),
                                el("button", "Log in")),
                        el("p", "The operator of the forwarder gives it out (admin.tokens)."))));
    }
}
