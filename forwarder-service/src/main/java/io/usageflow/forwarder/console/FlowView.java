package io.usageflow.forwarder.console;

import static io.usageflow.forwarder.console.page.Html.attr;
import static io.usageflow.forwarder.console.page.Html.css;
import static io.usageflow.forwarder.console.page.Html.el;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Html;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.CataloguedMeter;
import io.usageflow.forwarder.observe.meter.DeadLetterMeter;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import io.usageflow.forwarder.observe.meter.LedgerMeter;
import io.usageflow.schema.text.AgeText;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The path of events through this instance: what flows, what waits, how old it is, and whether the books balance. */
final class FlowView implements WebPage {
    private static final double SHARE = 0.99;
    private static final String NONE = "none";
    private static final String ELSEWHERE = "not in this instance";

    private final Layout layout;
    private final Topics topics;
    private final Supplier<HealthReport> health;
    private final FlowHistory history;
    private final Supplier<BoundedWork.Result<Instances>> instances;

    /** @param instances asks Kafka, bounded in time */
    FlowView(
            Layout layout,
            Topics topics,
            Supplier<HealthReport> health,
            FlowHistory history,
            Supplier<BoundedWork.Result<Instances>> instances) {
        this.layout = layout;
        this.topics = topics;
        this.health = health;
        this.history = history;
        this.instances = instances;
    }

    @Override
    public String name() {
        return "flow";
    }

    @Override
    public Page answer(Map<String, List<String>> query, AdminRole role) {
        HealthReport report = health.get();
        FlowHistory.Rates now = history.lastMinute();
        return layout.page(
                200,
                name(),
                "usageflow ledger",
                List.of(
                        el(
                                "p",
                                css(report.ready() ? "state well" : "state not-well"),
                                report.ready() ? "All is well in this instance." : "Not well: see the stages below."),
                        el(
                                "ol",
                                css("path"),
                                box(
                                        topics.events(),
                                        Map.of(),
                                        row("last event", lastEvent()),
                                        row("oldest unread", age(AdmissionMeter.OLDEST_AGE))),
                                box(
                                        "Admission",
                                        stage(report, "admission"),
                                        row("events a second", rate(now.admitted(), AdmissionMeter.EVENTS)),
                                        row("parked", events(AdmissionMeter.PARKED)),
                                        row("oldest parked", age(AdmissionMeter.PARKED_OLDEST_AGE)),
                                        row("dead letters", total(AdmissionMeter.EVENTS, "dead_lettered"))),
                                box(
                                        topics.deliverable(),
                                        Map.of(),
                                        row("not read yet", events(DeliveryMeter.LAG)),
                                        row("oldest not settled", age(DeliveryMeter.OLDEST_AGE))),
                                box(
                                        "Delivery",
                                        stage(report, "delivery"),
                                        row("events a second", rate(now.delivered(), DeliveryMeter.EVENTS)),
                                        row("waiting in memory", events(DeliveryMeter.OUTSTANDING)),
                                        row("failing customers", events(DeliveryMeter.FAILING_CUSTOMERS)),
                                        row("dead letters", total(DeliveryMeter.EVENTS, "dead_lettered"))),
                                box(
                                        "Credyt",
                                        stage(report, "credyt"),
                                        row("circuit", circuit()),
                                        row("requests in flight", inFlight()),
                                        row("accepted", total(DeliveryMeter.EVENTS, "accepted")),
                                        row("publish to accepted", freshness()))),
                        el(
                                "p",
                                "Figures are of this instance: counts since its start, rates of the last minute."
                                        + " Each instance shows the partitions that it has."),
                        el("h2", "Events a second, last hour"),
                        Plot.of(history.lastHour()),
                        el("h2", "Books"),
                        el("p", "Over all instances and partitions, by the ledger's topic."),
                        books(report),
                        el("h2", "All instances"),
                        el("div", InstancesTable.of(instances.get())),
                        el("h2", "Stages of this instance"),
                        stages(report)));
    }

    private static Map<String, String> stage(HealthReport report, String name) {
        return Optional.ofNullable(report.stages().get(name))
                .map(found -> Map.of("class", found.ready() ? "well" : "not-well"))
                .orElse(Map.of("class", "absent"));
    }

    private static Html box(String title, Map<String, String> state, Html... rows) {
        return el(
                "li",
                state.entrySet().stream()
                        .map(each -> attr(each.getKey(), each.getValue()))
                        .toList(),
                el("h3", title),
                el("dl", List.of(rows)));
    }

    private static Html row(String name, String value) {
        return el("div", el("dt", name), el("dd", value));
    }

    private String lastEvent() {
        OptionalDouble at = history.max(AdmissionMeter.LAST_EVENT);
        return at.isPresent() && at.getAsDouble() > 0
                ? AgeText.of(Instant.ofEpochSecond((long) at.getAsDouble()), layout.now()) + " ago"
                : NONE;
    }

    private String age(CataloguedMeter gauge) {
        OptionalDouble seconds = history.max(gauge);
        return seconds.isPresent() && seconds.getAsDouble() > 0
                ? AgeText.of(Duration.ofMillis((long) (seconds.getAsDouble() * 1000)))
                : NONE;
    }

    private String ago(CataloguedMeter gauge, String before) {
        return history.max(gauge).stream()
                .mapToObj(seconds -> before + AgeText.of(Duration.ofSeconds((long) seconds)) + " ago")
                .collect(Collectors.joining());
    }

    private String events(CataloguedMeter gauge) {
        OptionalDouble sum = history.sum(gauge);
        return sum.isPresent() ? whole(sum.getAsDouble()) : ELSEWHERE;
    }

    private String total(CataloguedMeter counter, String outcome) {
        return has(counter) ? whole(history.count(counter, "outcome", outcome)) : ELSEWHERE;
    }

    private String rate(double perSecond, CataloguedMeter counter) {
        return has(counter) ? String.format(Locale.ROOT, "%,.1f", perSecond) : ELSEWHERE;
    }

    private boolean has(CataloguedMeter counter) {
        return !history.meters().find(counter.meterName()).counters().isEmpty();
    }

    private String circuit() {
        var causes = history.meters().find(DeliveryMeter.CIRCUIT.meterName()).gauges();
        List<String> open = causes.stream()
                .filter(gauge -> gauge.value() > 0)
                .map(gauge -> String.valueOf(gauge.getId().getTag("cause")))
                .toList();
        return causes.isEmpty() ? ELSEWHERE : open.isEmpty() ? "closed" : "open: " + String.join(", ", open);
    }

    private String inFlight() {
        return events(DeliveryMeter.IN_FLIGHT)
                + history.sum(DeliveryMeter.LIMIT).stream()
                        .mapToObj(limit -> " of at most " + whole(limit))
                        .collect(Collectors.joining());
    }

    /** By the timer's buckets, which is all that it keeps. */
    private String freshness() {
        Timer timer = history.meters().find(DeliveryMeter.FRESHNESS.meterName()).timer();
        if (timer == null || timer.count() == 0) {
            return NONE + " yet";
        }
        for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
            if (bucket.count() >= SHARE * timer.count()) {
                Duration bound = Duration.ofNanos((long) bucket.bucket(TimeUnit.NANOSECONDS));
                return "99 % within " + (bound.toSeconds() > 0 ? AgeText.of(bound) : bound.toMillis() + " ms");
            }
        }
        return "1 % later than all bounds";
    }

    /** The stage says whether the ledger was read at all; its gauges are 0 before. */
    private Html books(HealthReport report) {
        var rows = new ArrayList<List<Object>>();
        rows.add(List.of(
                "ledger",
                Optional.ofNullable(report.stages().get("ledger"))
                        .map(StageHealth::detail)
                        .orElse(ELSEWHERE)));
        history.meters().find(LedgerMeter.IMBALANCE.meterName()).gauges().stream()
                .filter(gauge -> gauge.value() != 0)
                .forEach(gauge -> rows.add(List.of(
                        "imbalance: " + gauge.getId().getTag("kind"),
                        CountText.of(Math.round(gauge.value()), "event"))));
        // Delivery can be a moment ahead of what admission has published.
        rows.add(List.of(
                "admitted and not settled",
                history.sum(LedgerMeter.IN_FLIGHT).stream()
                        .mapToObj(events -> whole(Math.max(0, events)))
                        .findFirst()
                        .orElse(ELSEWHERE)));
        history.sum(DeadLetterMeter.OPEN)
                .ifPresent(open ->
                        rows.add(List.of("open dead letters", whole(open) + ago(DeadLetterMeter.AGE, ", counted "))));
        history.max(DeadLetterMeter.OLDEST_AGE)
                .ifPresent(seconds -> rows.add(List.of(
                        "oldest of them", seconds > 0 ? AgeText.of(Duration.ofSeconds((long) seconds)) : NONE)));
        rows.add(List.of("ledger read", ago(LedgerMeter.AGE, "")));
        return Layout.table(List.of("What", "How much"), rows);
    }

    private static Html stages(HealthReport report) {
        return Layout.table(
                List.of("Stage", "State", "Detail"),
                report.stages().entrySet().stream()
                        .map(each -> List.<Object>of(
                                each.getKey(),
                                el(
                                        "span",
                                        css(each.getValue().ready() ? "well" : "not-well"),
                                        !each.getValue().live()
                                                ? "dead: restart"
                                                : each.getValue().ready() ? "ready" : "waits"),
                                each.getValue().detail()))
                        .toList());
    }

    private static String whole(double number) {
        return CountText.of(Math.round(number));
    }
}
