package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.catalogue.CatalogueReport;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.catalogue.EventCatalogueCheck;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.doctor.Check.NotReachableException;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.check.CredytCheck.CredytProbe;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.schema.text.CountText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Whether Credyt would bill the events of the last hour, by its catalogue. */
public record CatalogueCheck(CredytProbe probe, Settings settings) {
    public static final String NAME = "catalogue";

    private static final Duration PERIOD = Duration.ofHours(1);
    /** Few, because the check is bounded in time. */
    private static final long EVENTS_MAX = 1_000;

    List<CheckResult> look() throws InterruptedException {
        if (!settings.catalogue().enabled() || settings.credyt().apiKey().isMissing()) {
            return List.of(CheckResult.skipped(NAME, "this process does not read Credyt's catalogue"));
        }
        boolean answers = probe.ask()
                .answer()
                .response()
                .map(response -> response.status() / 100 == 2)
                .orElse(false);
        if (!answers) {
            return List.of(CheckResult.skipped(NAME, "Credyt does not answer"));
        }
        Instant now = Instant.now();
        try {
            return List.of(judge(new EventCatalogueCheck(settings, Clock.systemUTC())
                    .run(
                            new EventCatalogueCheck.Request(
                                    now.minus(PERIOD),
                                    now,
                                    Optional.empty(),
                                    settings.catalogue().freeEventTypes(),
                                    EVENTS_MAX,
                                    CredytQueries.PER_SECOND_DEFAULT),
                            events -> {},
                            () -> Thread.currentThread().isInterrupted())));
        } catch (CredytUnreachableException | KafkaException | TopicsNotReadyException away) {
            throw new NotReachableException(String.valueOf(away.getMessage()), away);
        }
    }

    public static CheckResult judge(CatalogueReport report) {
        long notBilled = events(report, Result.NOT_BILLED);
        String read = CountText.of(report.events(), "event") + " of the last hour";
        if (notBilled > 0) {
            Row worst = report.rows().get(0);
            return CheckResult.warn(
                    NAME,
                    notBilled + " of " + read + " will not be billed, such as event type " + worst.eventType() + " ("
                            + worst.cause().map(Enum::name).orElse("") + "): "
                            + worst.detail().orElse(""),
                    "run 'usageflow catalogue check', and see docs/finance.md, 'Before the invoice'");
        }
        long undecided = events(report, Result.UNDECIDED);
        return CheckResult.ok(
                NAME,
                "Credyt will bill " + read
                        + (undecided == 0 ? "" : ", apart from " + undecided + " that cannot be judged"));
    }

    private static long events(CatalogueReport report, Result result) {
        return report.rows().stream()
                .filter(row -> row.result() == result)
                .mapToLong(Row::events)
                .sum();
    }
}
