package io.usageflow.forwarder.api;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.Console;
import io.usageflow.forwarder.console.Instances;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.KnownMarks;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.funds.FundsClient;
import io.usageflow.forwarder.funds.FundsDocument;
import io.usageflow.forwarder.ledger.InFlight;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerDocument;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.http.AdminServer;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.replay.ReplayHistory;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.SampleValues;
import io.usageflow.forwarder.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code openapi.json} describes the routes that there are, and the fields that they answer with, and no others. */
class OpenApiTest {
    private final OpenApi description = OpenApi.read();

    @Test
    void shouldDescribeEveryRouteAndNoOther() {
        var routes = new TreeSet<>(List.of(
                "GET " + AdminServer.LIVE,
                "GET " + AdminServer.READY,
                "GET " + AdminServer.METRICS,
                OpenApi.route("get", ParkedDocument.PATH, List.of("account", "limit")),
                "GET " + FundsClient.PATH,
                OpenApi.route("post", FundsClient.PATH, List.of("credyt_account", "customer"))));
        List<String> questions = pages().stream()
                .map(ApiPage.class::cast)
                .map(page -> OpenApi.route("get", page.path(), page.parameters()))
                .toList();
        routes.addAll(questions);

        assertThat(description.routes()).isEqualTo(routes);
        requireUnchanged("Routes of the admin port, API", questions);
    }

    /** The routes above are complete only if no other class adds some. */
    @Test
    void shouldKnowAllClassesThatAddRoutes() {
        assertThat(new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .importPackages("io.usageflow.forwarder")
                                .stream()
                                .filter(each -> each.isAssignableTo(AdminPage.class) && !each.isInterface())
                                .map(JavaClass::getSimpleName))
                .as("a page of the admin port that openapi.json and this test should know")
                .containsExactlyInAnyOrder("ApiPage", "ParkedPage", "FundsPage");
    }

    @Test
    void shouldDescribeTheFieldsOfAnswers() {
        List<StoredDeadLetter> letters = SampleValues.of(StoredDeadLetter.class);
        var brief = letters.stream().map(DeadLetterDocument::brief).toList();
        var whole = letters.stream()
                .flatMap(letter -> SampleValues.of(OriginalEvent.class).stream()
                        .map(original -> DeadLetterDocument.whole(letter, original)))
                .toList();
        var balance = SampleValues.of(LedgerBalance.class);
        var links = SampleValues.of(Link.class).stream().map(Link::document).toList();

        describes("Error", List.of(AdminPage.Answer.notNow("why").body()));
        describes(
                "Health",
                SampleValues.of(HealthReport.class).stream()
                        .map(HealthReport::page)
                        .toList());
        describes("Flow", SampleValues.of(FlowDocument.class));
        describes("DeadLetters", List.of(deadLetters(brief)));
        describes("WholeDeadLetters", List.of(new Api.WholeDeadLetters(true, whole)));
        describes("Links", List.of(new LinkList(1, links, List.of("why"), Optional.of("next"))), ".links[]");
        describes("Link", links, ".customer_external_id", ".vendor_id");
        describes("Replays", SampleValues.of(ReplayHistory.class));
        describes(
                "Ledger",
                balance.stream()
                        .flatMap(each -> SampleValues.of(InFlight.class).stream()
                                .map(inFlight ->
                                        LedgerDocument.of(each, inFlight, Duration.ofSeconds(1), Instant.EPOCH)))
                        .toList());
        describes("Instances", SampleValues.of(Instances.class));
        describes("Settings", SampleValues.of(Api.SettingsDocument.class));
        describes("Reconciled", SampleValues.of(Api.ReconcileDocument.class));
        describes("Trace", SampleValues.of(Trace.class));
        describes("Parked", SampleValues.of(ParkedDocument.class));
        describes("Funds", SampleValues.of(FundsDocument.class));
        describes("FundsRetried", SampleValues.of(FundsDocument.Retried.class));
    }

    @Test
    void shouldKeepTheNamesOfFields() {
        requireUnchanged("JSON of the API, flow", JsonShape.of(SampleValues.of(FlowDocument.class)));
        requireUnchanged("JSON of the API, replays", JsonShape.of(SampleValues.of(ReplayHistory.class)));
        requireUnchanged("JSON of the API, instances", JsonShape.of(SampleValues.of(Instances.class)));
        requireUnchanged("JSON of the API, reconcile", JsonShape.of(SampleValues.of(Api.ReconcileDocument.class)));
        requireUnchanged("JSON of the API, settings", JsonShape.of(SampleValues.of(Api.SettingsDocument.class)));
        requireUnchanged("JSON of the API, dead letters", JsonShape.of(List.of(deadLetters(List.of()))));
        requireUnchanged(
                "JSON of the API, links",
                JsonShape.of(List.of(new LinkList(1, List.of(), List.of("why"), Optional.of("next")))));
    }

    @Test
    void shouldNoticeWhatDiffers() {
        JsonNode schema = description.schema("Error");

        assertThat(description.differences(schema, JsonShape.written(Map.of("error", 1)), new TreeSet<>()))
                .containsExactly(".error: 1 is no \"string\"");
        assertThat(description.differences(schema, JsonShape.written(Map.of("why", "x")), new TreeSet<>()))
                .containsExactly(".why is not described", ".error is missing");
    }

    private static DeadLetterList deadLetters(List<com.fasterxml.jackson.databind.node.ObjectNode> brief) {
        return new DeadLetterList(true, 1, 1, Map.of(SampleValues.TEXT, 1L), 0, 0, brief, Optional.of("next"));
    }

    /**
     * Fails if the documents have a field that is not described, or lack a described one.
     *
     * @param without fields that samples do not have
     */
    private void describes(String schema, Collection<?> documents, String... without) {
        var met = new TreeSet<String>();
        for (Object document : documents) {
            assertThat(description.differences(description.schema(schema), JsonShape.written(document), met))
                    .as(schema)
                    .isEmpty();
        }
        assertThat(description.fields(description.schema(schema)).stream()
                        .filter(field -> !met.contains(field))
                        .filter(field -> Stream.of(without).noneMatch(field::startsWith))
                        .collect(Collectors.toSet()))
                .as("described fields of %s that no answer has", schema)
                .isEmpty();
    }

    private static List<AdminPage> pages() {
        Settings settings = Settings.load(ConfigSources.none());
        try (var marks = new KnownMarks(settings);
                Console console = Console.start(
                        settings,
                        marks,
                        Optional::empty,
                        () -> HealthReport.of(List.of()),
                        List.of(),
                        new SimpleMeterRegistry())) {
            return Api.pages(settings, marks, () -> HealthReport.of(List.of()), console);
        }
    }
}
