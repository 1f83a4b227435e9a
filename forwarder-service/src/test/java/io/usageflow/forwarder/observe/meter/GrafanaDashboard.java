package io.usageflow.forwarder.observe.meter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.producer.metrics.PublisherMeter;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes deploy/grafana/usageflow.json. Every query is made from the meter catalogues, so it cannot name a series that
 * does not exist. Pure.
 */
public final class GrafanaDashboard {
    /** Grafana's grid has 24 columns. */
    private static final int COLUMNS = 24;

    private static final int HEIGHT = 8;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private GrafanaDashboard() {}

    /** A row of panels with its heading. */
    private record Row(String title, List<Panel> panels) {}

    /**
     * One panel.
     *
     * @param type of Grafana: {@code stat}, {@code timeseries} or {@code heatmap}
     * @param unit of Grafana: {@code s}, {@code short}, {@code ops}, {@code bytes}
     * @param about a sentence that Grafana shows at the panel's heading
     */
    private record Panel(String title, String type, String unit, String about, List<Query> queries) {}

    /** One expression; {@code legend} is Grafana's template for the names of its series. */
    private record Query(String expression, String legend) {}

    /** Every expression of the dashboard, for a test. */
    static List<String> expressions() {
        return rows().stream()
                .flatMap(row -> row.panels().stream())
                .flatMap(panel -> panel.queries().stream())
                .map(Query::expression)
                .toList();
    }

    /** The series of a meter as Prometheus names it; a timer's or summary's have a suffix more. */
    static String series(CataloguedMeter meter) {
        return series(meter.description());
    }

    static String series(PublisherMeter meter) {
        return series(new CataloguedMeter.Description(
                meter.meterName(), meter.kind(), meter.unit(), meter.tags(), meter.doc()));
    }

    private static String series(CataloguedMeter.Description meter) {
        String name = meter.meterName().replace('.', '_');
        String unit = meter.unit().isEmpty() || name.endsWith("_" + meter.unit()) ? "" : "_" + meter.unit();
        return name + unit + (meter.kind().equals("counter") ? "_total" : "");
    }

    private static List<Row> rows() {
        return List.of(
                new Row("Is every event accounted for?", accounted()),
                new Row("From the topic to Credyt", flow()),
                new Row("How fresh is what Credyt has?", freshness()),
                new Row("How old is what waits?", waiting()),
                new Row("Credyt", credyt()),
                new Row("Will it be billed?", billing()),
                new Row("Services that publish", publishers()),
                new Row("Forwarders", instances()));
    }

    private static List<Panel> accounted() {
        return List.of(
                stat(
                        "Imbalance",
                        "short",
                        "Events by which the books do not balance: 0, or someone has to look.",
                        "sum(max by (kind) (" + series(LedgerMeter.IMBALANCE) + "{kind!=\"expired_unread\"}))"),
                stat(
                        "Expired unread",
                        "short",
                        "Records that Kafka deleted before they were read: lost usage.",
                        "max(" + series(LedgerMeter.IMBALANCE) + "{kind=\"expired_unread\"})"),
                stat(
                        "In flight",
                        "short",
                        "Admitted, and not yet settled.",
                        "max(" + series(LedgerMeter.IN_FLIGHT) + ")"),
                stat(
                        "Parked",
                        "short",
                        "Waiting for a link, or to be billable.",
                        "sum(" + series(AdmissionMeter.PARKED) + ")"),
                stat(
                        "Open dead letters",
                        "short",
                        "Billed nowhere until they are replayed.",
                        "sum(max by (reason) (" + series(DeadLetterMeter.OPEN) + "))"),
                stat(
                        "Reconcile",
                        "short",
                        "Findings of the last run over all accounts.",
                        "max(" + series(LedgerMeter.RECONCILE_FINDINGS) + "{check=\"receipts\"})"),
                stat(
                        "Dead letters, a day",
                        "short",
                        "Billed nowhere until they are replayed.",
                        "sum(increase(" + series(AdmissionMeter.DEAD_LETTERS) + "[1d])) + sum(increase("
                                + series(DeliveryMeter.DEAD_LETTERS) + "[1d]))"),
                stat(
                        "Stages not ready",
                        "short",
                        "Of all forwarders.",
                        "count(" + ProcessMeters.STAGE_READY.replace('.', '_') + " == 0) or vector(0)"));
    }

    private static List<Panel> flow() {
        return List.of(
                rates("Admission", "What became of records.", AdmissionMeter.EVENTS, "outcome"),
                rates("Delivery", "What became of deliverable events.", DeliveryMeter.EVENTS, "outcome"),
                graph(
                        "Dead letters",
                        "ops",
                        "By reason.",
                        query(
                                "sum by (reason) (rate(" + series(AdmissionMeter.DEAD_LETTERS)
                                        + "[$__rate_interval])) + sum by (reason) (rate("
                                        + series(DeliveryMeter.DEAD_LETTERS) + "[$__rate_interval])) > 0",
                                "{{reason}}")));
    }

    private static List<Panel> freshness() {
        String buckets = series(DeliveryMeter.FRESHNESS) + "_bucket";
        String within = "rate(" + buckets + "{le=\"60.0\"}[1h])";
        return List.of(
                new Panel(
                        "From publish to Credyt",
                        "heatmap",
                        "s",
                        "The objective: 99 % within a minute.",
                        List.of(query("sum by (le) (increase(" + buckets + "[$__rate_interval]))", "{{le}}"))),
                graph(
                        "From publish to Credyt",
                        "s",
                        "Half of the events, and 99 of 100.",
                        query(quantile("0.5", buckets), "half"),
                        query(quantile("0.99", buckets), "99 of 100")),
                graph(
                        "Within a minute",
                        "percentunit",
                        "Share of the last hour's events.",
                        query(
                                "sum(" + within + ") / sum(rate(" + series(DeliveryMeter.FRESHNESS) + "_count[1h]))",
                                "within a minute")));
    }

    private static String quantile(String share, String buckets) {
        return "histogram_quantile(" + share + ", sum by (le) (rate(" + buckets + "[$__rate_interval])))";
    }

    private static List<Panel> waiting() {
        return List.of(
                graph(
                        "Age of the oldest",
                        "s",
                        "Of what each stage has not finished.",
                        query("max by (topic) (" + series(AdmissionMeter.OLDEST_AGE) + ")", "unread in {{topic}}"),
                        query("max(" + series(DeliveryMeter.OLDEST_AGE) + ")", "undelivered"),
                        query("max(" + series(AdmissionMeter.PARKED_OLDEST_AGE) + ")", "parked")),
                graph(
                        "Waits for an operator",
                        "s",
                        "Since the oldest open dead letter failed, and since the last reconciliation.",
                        query("min(" + series(DeadLetterMeter.OLDEST_AGE) + ")", "oldest dead letter"),
                        query("min by (check) (" + series(LedgerMeter.RECONCILE_AGE) + ")", "reconcile: {{check}}")),
                graph(
                        "Undelivered",
                        "short",
                        "Read and not settled, and not read yet.",
                        query("sum(" + series(DeliveryMeter.OUTSTANDING) + ")", "in memory"),
                        query("sum(" + series(DeliveryMeter.LAG) + ")", "in Kafka")),
                graph(
                        "Until Kafka deletes the oldest",
                        "s",
                        "By the topics' retention.",
                        query("min by (topic) (" + series(AdmissionMeter.RETENTION_LEFT) + ") < Inf", "{{topic}}"),
                        query("min(" + series(DeliveryMeter.RETENTION_LEFT) + ") < Inf", "undelivered")));
    }

    private static List<Panel> credyt() {
        String buckets = series(DeliveryMeter.REQUESTS) + "_bucket[$__rate_interval]";
        return List.of(
                new Panel(
                        "Answer time",
                        "heatmap",
                        "s",
                        "How long Credyt took.",
                        List.of(query("sum by (le) (increase(" + buckets + "))", "{{le}}"))),
                graph(
                        "Requests",
                        "ops",
                        "By what the answer meant.",
                        query(
                                "sum by (outcome) (rate(" + series(DeliveryMeter.REQUESTS)
                                        + "_count[$__rate_interval]))",
                                "{{outcome}}")),
                graph(
                        "At once",
                        "short",
                        "Requests in flight, their limit, and the circuit: 1 while nothing is sent but a probe.",
                        query("sum(" + series(DeliveryMeter.IN_FLIGHT) + ")", "in flight"),
                        query("sum(" + series(DeliveryMeter.LIMIT) + ")", "limit"),
                        query("max by (cause) (" + series(DeliveryMeter.CIRCUIT) + ") > 0", "circuit: {{cause}}")),
                graph(
                        "Customers in trouble",
                        "short",
                        "Whose events wait, or become dead letters.",
                        query("sum(" + series(DeliveryMeter.FAILING_CUSTOMERS) + ")", "failing"),
                        query("sum(" + series(DeliveryMeter.BLOCKED_CUSTOMERS) + ")", "blocked"),
                        query("sum(" + series(DeliveryMeter.UNFUNDED_CUSTOMERS) + ")", "without funds")));
    }

    private static List<Panel> billing() {
        return List.of(
                rates("Billable", "By Credyt's catalogue.", CatalogueMeter.BILLABLE, "event_type"),
                graph(
                        "Not billable",
                        "ops",
                        "By event type and cause.",
                        query(
                                "sum by (event_type, cause) (rate(" + series(CatalogueMeter.NOT_BILLABLE)
                                        + "[$__rate_interval]))",
                                "{{event_type}}: {{cause}}")),
                graph(
                        "Age of the catalogue",
                        "s",
                        "Since Credyt's products were read.",
                        query("max(" + series(CatalogueMeter.AGE) + ")", "products")));
    }

    private static List<Panel> publishers() {
        return List.of(
                graph(
                        "Published",
                        "ops",
                        "By service.",
                        query(
                                "sum by (job) (rate(" + series(PublisherMeter.PUBLISHED) + "[$__rate_interval]))",
                                "{{job}}")),
                graph(
                        "Refused",
                        "ops",
                        "Billed nowhere, unless published again.",
                        query(
                                "sum by (job, reason) (rate(" + series(PublisherMeter.REFUSED) + "[$__rate_interval]))",
                                "{{job}}: {{reason}}")),
                graph(
                        "On the services' disks",
                        "short",
                        "Events that wait for Kafka.",
                        query("sum by (job) (" + series(PublisherMeter.SPOOL_EVENTS) + ")", "{{job}}")));
    }

    private static List<Panel> instances() {
        return List.of(
                graph(
                        "Ready",
                        "short",
                        "1 while events flow through the stage.",
                        query(
                                "min by (instance, stage) (" + ProcessMeters.STAGE_READY.replace('.', '_') + ")",
                                "{{instance}} {{stage}}")),
                graph(
                        "CPU",
                        "short",
                        "Cores.",
                        query(
                                "sum by (instance) (process_cpu_usage * on (instance) system_cpu_count)",
                                "{{instance}}")),
                graph(
                        "Heap",
                        "bytes",
                        "Used.",
                        query("sum by (instance) (jvm_memory_used_bytes{area=\"heap\"})", "{{instance}}")));
    }

    private static Panel stat(String title, String unit, String about, String expression) {
        return new Panel(title, "stat", unit, about, List.of(query(expression, "")));
    }

    private static Panel graph(String title, String unit, String about, Query... queries) {
        return new Panel(title, "timeseries", unit, about, List.of(queries));
    }

    private static Panel rates(String title, String about, CataloguedMeter counter, String tag) {
        return graph(
                title,
                "ops",
                about,
                query("sum by (" + tag + ") (rate(" + series(counter) + "[$__rate_interval]))", "{{" + tag + "}}"));
    }

    private static Query query(String expression, String legend) {
        return new Query(expression, legend);
    }

    /** The dashboard as Grafana imports it; it asks for the Prometheus to use. */
    public static String json() {
        ObjectNode dashboard = JSON.objectNode()
                .put("title", "usageflow")
                .put("uid", "usageflow")
                .put("schemaVersion", 39)
                .put("editable", true)
                .put("refresh", "30s")
                .put("timezone", "utc");
        dashboard.putObject("time").put("from", "now-6h").put("to", "now");
        dashboard
                .putObject("templating")
                .putArray("list")
                .addObject()
                .put("name", "datasource")
                .put("label", "Prometheus")
                .put("type", "datasource")
                .put("query", "prometheus");
        ArrayNode panels = dashboard.putArray("panels");
        int y = 0;
        int id = 1;
        for (Row row : rows()) {
            panels.add(JSON.objectNode()
                    .put("id", id++)
                    .put("type", "row")
                    .put("title", row.title())
                    .put("collapsed", false)
                    .set("gridPos", place(0, y, COLUMNS, 1)));
            int width = COLUMNS / row.panels().size();
            int height = row.panels().get(0).type().equals("stat") ? HEIGHT / 2 : HEIGHT;
            int x = 0;
            for (Panel panel : row.panels()) {
                panels.add(panel(panel, id++, place(x, y + 1, width, height)));
                x += width;
            }
            y += 1 + height;
        }
        return dashboard.toPrettyString().replace(System.lineSeparator(), "\n") + "\n";
    }

    private static ObjectNode place(int x, int y, int width, int height) {
        return JSON.objectNode().put("x", x).put("y", y).put("w", width).put("h", height);
    }

    private static ObjectNode panel(Panel panel, int id, ObjectNode place) {
        ObjectNode json = JSON.objectNode()
                .put("id", id)
                .put("type", panel.type())
                .put("title", panel.title())
                .put("description", panel.about());
        json.set("gridPos", place);
        json.set("datasource", source());
        ObjectNode defaults =
                json.putObject("fieldConfig").putObject("defaults").put("unit", panel.unit());
        json.withObject("/fieldConfig").putArray("overrides");
        if (!panel.unit().equals("short")) {
            defaults.put("min", 0);
        }
        if (panel.type().equals("heatmap")) {
            json.putObject("options").put("calculate", false).putObject("yAxis").put("unit", panel.unit());
        }
        ArrayNode targets = json.putArray("targets");
        List<String> names = new ArrayList<>(List.of("A", "B", "C", "D"));
        for (Query query : panel.queries()) {
            ObjectNode target = targets.addObject()
                    .put("refId", names.remove(0))
                    .put("expr", query.expression())
                    .put("legendFormat", query.legend());
            target.set("datasource", source());
            if (panel.type().equals("heatmap")) {
                target.put("format", "heatmap");
            }
        }
        return json;
    }

    private static ObjectNode source() {
        return JSON.objectNode().put("type", "prometheus").put("uid", "${datasource}");
    }
}
