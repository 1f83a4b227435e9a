package io.usageflow.forwarder.console.alert;

import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.usageflow.forwarder.config.AdminSettings;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.alert.AlertRules.Alert;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.links.ShellWord;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.schema.text.CountText;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which alerts fire, as the operator's Prometheus says. Without its answer the page says that it does not know. */
public final class AlertsView implements WebPage {
    private static final Duration WITHIN = Duration.ofSeconds(8);
    private static final int ROWS_MAX = 100;

    /** They have columns of their own. */
    private static final Set<String> SHOWN = Set.of("alertname", "severity");

    private final Layout layout;
    private final Optional<URI> url;
    private final Optional<PrometheusClient> prometheus;
    private final BoundedWork work;

    /**
     * Makes the page.
     *
     * @param url of Prometheus; empty if none is configured
     */
    public AlertsView(Layout layout, Optional<URI> url, BoundedWork work) {
        this.layout = layout;
        this.url = url;
        this.prometheus = url.map(PrometheusClient::new);
        this.work = work;
    }

    @Override
    public String name() {
        return "alerts";
    }

    @Override
    public boolean scans() {
        return true;
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        var content = new ArrayList<Html>();
        String command = "promtool query instant "
                + ShellWord.of(url.map(URI::toString).orElse("http://PROMETHEUS:9090"))
                + " 'ALERTS{alertname=~\"" + AlertRules.PREFIX + ".+\"}'";
        if (prometheus.isEmpty()) {
            content.add(Layout.note("Not known: no Prometheus is configured. Set " + AdminSettings.PROMETHEUS_URL
                    + " to the address of the one that evaluates deploy/prometheus/usageflow-alerts.yml."));
            return layout.page(200, name(), command, content);
        }
        BoundedWork.Result<AlertRules> read =
                work.within(WITHIN, "Prometheus did not send its whole answer in time.", prometheus.get()::read);
        if (read.problem().isPresent()) {
            content.add(state(false, "Not known which alerts fire."));
        }
        return layout.page(read, name(), command, content, found -> show(found, content));
    }

    private void show(AlertRules found, List<Html> content) {
        List<Alert> firing = found.alerts(true);
        List<Alert> pending = found.alerts(false);
        List<String> doubts = found.doubts(layout.now());
        if (!firing.isEmpty()) {
            content.add(state(false, CountText.of(firing.size(), "alert", "fires.", "fire.")));
        } else if (doubts.isEmpty()) {
            content.add(state(true, "No alert fires."));
        } else {
            content.add(state(false, "No alert fires, but not every rule can be judged."));
        }
        content.add(el(
                "p",
                "Asked of ",
                el("code", url.map(URI::toString).orElse("")),
                ", which evaluates " + CountText.of(found.rules().size(), "rule") + " of usageflow."
                        + " Silences and routes of an Alertmanager are not considered."));
        bounded(doubts, ROWS_MAX).forEach(doubt -> content.add(Layout.note(doubt)));
        if (!firing.isEmpty()) {
            content.add(rows(firing, content));
        }
        if (!pending.isEmpty()) {
            content.add(el("h2", "Pending: true, but not for long enough yet"));
            content.add(rows(pending, content));
        }
    }

    private static Html state(boolean well, String text) {
        return el("p", css(well ? "state well" : "state not-well"), text);
    }

    private static <T> List<T> bounded(List<T> all, int most) {
        return all.subList(0, Math.min(most, all.size()));
    }

    private static Html rows(List<Alert> alerts, List<Html> content) {
        if (alerts.size() > ROWS_MAX) {
            content.add(Layout.note("The first " + ROWS_MAX + " of " + alerts.size() + " are shown."));
        }
        return Layout.table(
                List.of("Alert", "Severity", "Since", "What", "Runbook"),
                bounded(alerts, ROWS_MAX).stream().map(AlertsView::row).toList());
    }

    private static List<Object> row(Alert alert) {
        String labels = new TreeMap<>(alert.labels())
                .entrySet().stream()
                        .filter(label -> !SHOWN.contains(label.getKey()))
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(", "));
        return List.of(
                el("span", css("word"), alert.label("alertname")),
                alert.label("severity"),
                alert.activeAt().map(Layout::time),
                List.of(
                        el("p", alert.annotation("summary")),
                        el("p", el("small", alert.annotation("description"))),
                        el("small", labels)),
                alert.annotation("runbook_url"));
    }
}
