package io.usageflow.forwarder.console.page;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.forwarder.observe.WebPage.Page;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.VisibleText;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all pages have in common: frame, forms, tables, times. Pure but for the clock. */
public final class Layout {
    public static final String HTML = "text/html; charset=utf-8";

    private static final Map<String, String> PAGES = Stream.of(
                    "flow",
                    "alerts",
                    "find",
                    "dead-letters",
                    "jobs",
                    "parked",
                    "links",
                    "replays",
                    "reconcile",
                    "settings")
            .collect(Collectors.toMap(name -> name, Layout::title, (a, b) -> a, LinkedHashMap::new));

    /** More than any name or id that a person types. */
    private static final int TEXT_MAX = 512;

    private static final int REFRESH_S = 2;
    private static final int UNAVAILABLE = 503;

    private final String instance;
    private final boolean closed;
    private final Supplier<Instant> clock;

    /**
     * Makes the frame.
     *
     * @param instance which process shows the pages
     * @param closed whether a browser has to log in
     */
    public Layout(String instance, boolean closed, Supplier<Instant> clock) {
        this.instance = instance;
        this.closed = closed;
        this.clock = clock;
    }

    public Instant now() {
        return clock.get();
    }

    /**
     * A page.
     *
     * @param command the command line that shows the same
     */
    public Page page(int status, String name, String command, List<Html> content) {
        return page(status, name, command, content, false);
    }

    /**
     * A page.
     *
     * @param live whether it is to be asked again every other second while it is looked at
     */
    public Page page(int status, String name, String command, List<Html> content, boolean live) {
        Optional<Html> logout = closed
                ? Optional.of(el("form", attr("method", "post"), attr("action", "logout"), el("button", "Log out")))
                : Optional.empty();
        return bare(
                status,
                title(name),
                List.of(
                        el(
                                "header",
                                el("strong", "usageflow"),
                                el(
                                        "nav",
                                        attr("aria-label", "Pages"),
                                        PAGES.entrySet().stream()
                                                .map(page -> el(
                                                        "a",
                                                        attr("href", page.getKey()),
                                                        page.getKey().equals(name)
                                                                ? Optional.of(attr("aria-current", "page"))
                                                                : Optional.empty(),
                                                        page.getValue()))
                                                .toList()),
                                logout),
                        el(
                                "main",
                                live ? Optional.of(attr("data-refresh", REFRESH_S)) : Optional.empty(),
                                el("h1", title(name)),
                                content),
                        el(
                                "footer",
                                el("p", "The same on the command line: ", el("code", command)),
                                el(
                                        "p",
                                        attr("id", "as-of"),
                                        "Instance " + instance + ", version " + Version.current() + ", as of ",
                                        time(now()),
                                        ". All times are UTC."))));
    }

    /**
     * A page of what was read: shows it, or says why there is none.
     *
     * @param show adds what was read to the content
     */
    public <T> Page page(
            BoundedWork.Result<T> read, String name, String command, List<Html> content, Consumer<T> show) {
        read.problem().ifPresent(why -> content.add(note(why)));
        read.value().ifPresent(show);
        return page(read.problem().isPresent() ? UNAVAILABLE : 200, name, command, content);
    }

    /** Without navigation. */
    public static Page bare(int status, String title, List<Html> body) {
        return new Page(
                status,
                HTML,
                el(
                                "html",
                                attr("lang", "en"),
                                el(
                                        "head",
                                        el("meta", attr("charset", "utf-8")),
                                        el("title", title + " - usageflow"),
                                        el(
                                                "meta",
                                                attr("name", "viewport"),
                                                attr("content", "width=device-width, initial-scale=1")),
                                        el("meta", attr("name", "color-scheme"), attr("content", "light dark")),
                                        el("link", attr("rel", "icon"), attr("href", "icon.svg")),
                                        el("link", attr("rel", "stylesheet"), attr("href", "console.css")),
                                        Html.script("console.js")),
                                el("body", body))
                        .document());
    }

    private static String title(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).replace('-', ' ');
    }

    /** A reference to a page with a query. Empty values are left out. */
    public static String href(String page, String... namesAndValues) {
        var query = new ArrayList<String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!namesAndValues[i + 1].isEmpty()) {
                query.add(namesAndValues[i] + "=" + URLEncoder.encode(namesAndValues[i + 1], UTF_8));
            }
        }
        return query.isEmpty() ? page : page + "?" + String.join("&", query);
    }

    public static Html link(String text, String page, String... namesAndValues) {
        return el("a", attr("href", href(page, namesAndValues)), VisibleText.of(text));
    }

    public static Html field(String label, String name, String value, Object... more) {
        return el(
                "label",
                label,
                el("input", attr("name", name), attr("value", value), attr("autocomplete", "off"), List.of(more)));
    }

    /**
     * A choice of one.
     *
     * @param values an empty one is shown as "any"
     */
    public static Html select(String label, String name, String chosen, List<String> values) {
        return el(
                "label",
                label,
                el(
                        "select",
                        attr("name", name),
                        values.stream()
                                .map(value -> el(
                                        "option",
                                        attr("value", value),
                                        value.equals(chosen) ? Optional.of(attr("selected", "")) : Optional.empty(),
                                        value.isEmpty() ? "any" : value))
                                .toList()));
    }

    public static Html form(String page, Object... parts) {
        return el("form", attr("method", "get"), attr("action", page), css("filter"), List.of(parts));
    }

    /**
     * A form that changes something: it is sent by POST. Only an operator's is taken, so a reader sees why there is
     * none.
     *
     * @param target a page with a query of what does not change: as {@link #href} writes it, any text arrives as it is,
     *     while a field shows some characters in other words
     */
    public static Html change(AdminRole role, String target, Object... parts) {
        if (role == AdminRole.READER) {
            return note("To change something here, log in with an operator's token: yours is a reader's.");
        }
        return el("form", attr("method", "post"), attr("action", target), css("change"), List.of(parts));
    }

    /** The fields of a {@link Signature}. */
    public List<Html> signature() {
        Html why = field("Why", Signature.WHY, "", attr("required", ""), attr("size", 40));
        return closed ? List.of(why) : List.of(field("Who", Signature.WHO, "", attr("required", "")), why);
    }

    /** A box whose value is 1 where it is checked. */
    public static Html check(String label, String name, boolean checked) {
        return el(
                "label",
                css("check"),
                el(
                        "input",
                        attr("type", "checkbox"),
                        attr("name", name),
                        attr("value", 1),
                        checked ? Optional.of(attr("checked", "")) : Optional.empty()),
                label);
    }

    /** On a narrow screen each cell shows its column's name. */
    public static Html table(List<String> columns, List<List<Object>> rows) {
        return el(
                "table",
                el(
                        "thead",
                        el(
                                "tr",
                                columns.stream()
                                        .map(column -> el("th", attr("scope", "col"), column))
                                        .toList())),
                el("tbody", rows.stream().map(row -> row(columns, row)).toList()));
    }

    private static Html row(List<String> columns, List<Object> cells) {
        var row = new ArrayList<Html>();
        for (int i = 0; i < cells.size(); i++) {
            row.add(el("td", attr("data-label", columns.get(i)), cells.get(i)));
        }
        return el("tr", row);
    }

    /** What limits an answer: a page never shows a part as if it were all. */
    public static Html note(String text) {
        return el("p", css("note"), attr("role", "status"), text);
    }

    public static Html time(Instant at) {
        return el("time", attr("datetime", at.truncatedTo(ChronoUnit.SECONDS)), text(at));
    }

    public static String text(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString().replace("T", " ").replace("Z", "");
    }

    public String age(Instant at) {
        return AgeText.of(Duration.between(at, now()));
    }

    public Html since(Instant at) {
        return el("span", age(at) + ", since ", time(at));
    }

    /** The value of a parameter that is given once; empty where it is not, cut at {@value #TEXT_MAX} characters. */
    public static String parameter(Map<String, List<String>> query, String name) {
        return parameter(query, name, TEXT_MAX);
    }

    /** The value of a parameter that is given once; empty where it is not, or too long to be one. */
    public static String parameter(Map<String, List<String>> query, String name, int max) {
        List<String> values = query.getOrDefault(name, List.of());
        String value = values.isEmpty() ? "" : values.get(0).strip();
        return value.length() > max ? value.substring(0, max) : value;
    }
}
