package io.usageflow.forwarder;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.EventDocument;
import io.usageflow.forwarder.deadletter.OriginalEvent;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.ledger.InFlight;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.ledger.LedgerDocument;
import io.usageflow.forwarder.observe.meter.MetricsPage;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReportFormat;
import io.usageflow.forwarder.replay.ReplayDocument;
import io.usageflow.forwarder.replay.ReplayOutcome;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.PublicSurface;
import io.usageflow.forwarder.testing.SampleValues;
import io.usageflow.forwarder.trace.Trace;
import io.usageflow.producer.PublisherConfig;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.registry.http.RegistryCredentials;
import io.usageflow.schema.serde.AvroDeserializer;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.serde.AvroSerializer;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;

/** What users of the library and of the forwarder depend on: {@link PublicSurface}. */
class ForwarderSurfaceTest {
    private static final Path REPOSITORY = Path.of("..");

    @Test
    void shouldKeepTopicsAndTheirSettings() {
        requireUnchanged(
                "Topics",
                Topics.withDefaultPrefix().specs(6, Duration.ofDays(35)).stream()
                        .map(topic -> topic.name()
                                + (topic.copartitioned()
                                        ? ", partitioned by account"
                                        : ", partitions " + topic.partitions())
                                + " " + new TreeMap<>(topic.settings()))
                        .toList());
    }

    @Test
    void shouldKeepSchemas() {
        var lines = new ArrayList<String>();
        Stream.of(
                        UsageEvent.SCHEMA$,
                        CustomerLink.SCHEMA$,
                        VendorLink.SCHEMA$,
                        DeliverableEvent.SCHEMA$,
                        CustomerDeliveryState.SCHEMA$,
                        Receipt.SCHEMA$,
                        AccountBalance.SCHEMA$,
                        DeadLetter.SCHEMA$,
                        DeadLetterMark.SCHEMA$,
                        LedgerEntry.SCHEMA$)
                .forEach(schema -> {
                    lines.add(schema.getFullName() + " fingerprint "
                            + Long.toHexString(SchemaNormalization.parsingFingerprint64(schema)));
                    fields(schema, lines);
                });
        requireUnchanged("Schemas", lines);
    }

    private static void fields(Schema schema, List<String> lines) {
        switch (schema.getType()) {
            case RECORD ->
                schema.getFields().forEach(field -> {
                    lines.add(schema.getFullName() + "." + field.name() + " " + type(field.schema())
                            + (field.hasDefaultValue()
                                    ? " = "
                                            + (field.defaultVal() == JsonProperties.NULL_VALUE
                                                    ? "null"
                                                    : field.defaultVal())
                                    : ""));
                    fields(field.schema(), lines);
                });
            case ARRAY -> fields(schema.getElementType(), lines);
            case MAP -> fields(schema.getValueType(), lines);
            case UNION -> schema.getTypes().forEach(each -> fields(each, lines));
            case ENUM -> lines.add(schema.getFullName() + " " + schema.getEnumSymbols());
            default -> {
                // It has no parts.
            }
        }
    }

    private static String type(Schema schema) {
        return switch (schema.getType()) {
            case RECORD, ENUM -> schema.getFullName();
            case ARRAY -> "[" + type(schema.getElementType()) + "]";
            case MAP -> "{" + type(schema.getValueType()) + "}";
            case UNION ->
                String.join(
                        " | ",
                        schema.getTypes().stream()
                                .map(ForwarderSurfaceTest::type)
                                .toList());
            default ->
                schema.getName()
                        + (schema.getLogicalType() == null ? "" : " " + new TreeMap<>(schema.getObjectProps()));
        };
    }

    @Test
    void shouldKeepHeaders() {
        requireUnchanged("Record headers", constants(EventHeaders.class));
    }

    @Test
    void shouldKeepMeters() {
        requireUnchanged(
                "Meters",
                MetricsPage.markdown()
                        .lines()
                        .filter(line -> line.startsWith("| `"))
                        .map(line -> line.split(" *\\| *", 6))
                        .map(cell ->
                                cell[1].replace("`", "") + ", " + cell[2] + (cell[3].isEmpty() ? "" : ", " + cell[3])
                                        + (cell[4].isEmpty() ? "" : ", by " + cell[4]))
                        .toList());
    }

    @Test
    void shouldKeepSettings() {
        requireUnchanged("Settings of the forwarder and of the commands", settings(Settings.definition()));
        requireUnchanged("Settings of the publisher", settings(PublisherConfig.configDef()));
        requireUnchanged(
                "Settings of serializers and their registry client",
                constants(
                        RegistryClientSettings.class,
                        RegistryCredentials.class,
                        AvroSerializer.class,
                        AvroDeserializer.class,
                        AvroSerdes.class));
    }

    private static List<String> settings(ConfigDef definition) {
        return definition.configKeys().values().stream()
                .map(key -> key.name + ", " + key.type.name().toLowerCase(java.util.Locale.ROOT)
                        + (key.hasDefault() ? " = " + shown(key.defaultValue) : ", required"))
                .toList();
    }

    private static String shown(Object value) {
        return value instanceof Password secret ? "'" + secret.value() + "'" : String.valueOf(value);
    }

    @Test
    void shouldKeepTheWordsOfTheLedgerAndOfDeadLetters() {
        requireUnchanged(
                "Dead-letter reasons",
                Arrays.stream(DeadLetterReason.values()).map(Enum::name).toList());
        requireUnchanged(
                "Counters of the ledger",
                Arrays.stream(LedgerCounter.values()).map(LedgerCounter::key).toList());
    }

    @Test
    void shouldKeepTheNamesInJson() {
        var balances = SampleValues.of(LedgerBalance.class);
        var inFlight = SampleValues.of(InFlight.class);
        json(
                "ledger",
                balances.stream()
                        .flatMap(balance -> inFlight.stream()
                                .map(each -> LedgerDocument.of(balance, each, Duration.ofSeconds(1), Instant.EPOCH)))
                        .toList());
        json("trace", SampleValues.of(Trace.class));
        var deadLetters = SampleValues.of(StoredDeadLetter.class);
        json(
                "dead-letters list",
                deadLetters.stream().map(DeadLetterDocument::brief).toList());
        json(
                "dead-letters show",
                deadLetters.stream()
                        .flatMap(letter -> SampleValues.of(OriginalEvent.class).stream()
                                .map(original -> DeadLetterDocument.whole(letter, original)))
                        .toList());
        json(
                "event",
                SampleValues.of(UsageEvent.class).stream()
                        .map(EventDocument::of)
                        .toList());
        ReplayRequest request = SampleValues.of(ReplayRequest.class).get(0);
        json(
                "replay plan",
                SampleValues.of(ReplayPlan.class).stream()
                        .map(plan -> ReplayDocument.of(plan, request))
                        .toList());
        json(
                "replay",
                SampleValues.of(ReplayOutcome.class).stream()
                        .map(outcome -> ReplayDocument.of(outcome, request))
                        .toList());
        requireUnchanged(
                "JSON of reconcile, each finding",
                JsonShape.of(SampleValues.of(ReconcileFinding.class).stream()
                        .map(ReportFormat::json)
                        .toList()));
    }

    private static void json(String name, Collection<?> documents) {
        requireUnchanged("JSON of " + name, JsonShape.of(documents));
    }

    /** What begins with the topics' prefix beside the topics: groups, transactional ids, the Streams application. */
    @Test
    void shouldKeepIdsInKafka() throws IOException {
        Pattern id = Pattern.compile("prefix\\(\\) \\+ \"([-.][a-z][a-z-]*)\"");
        var found = new ArrayList<String>();
        for (Path source : mainSources()) {
            Matcher matcher = id.matcher(Files.readString(source));
            while (matcher.find()) {
                found.add("<topics.prefix>" + matcher.group(1));
            }
        }
        requireUnchanged("Groups, transactional ids and applications", found);
    }

    /** Those that the alert rules or a page name: people search logs for them. */
    @Test
    void shouldKeepTheEventsOfTheLog() throws IOException {
        var logged = new TreeSet<String>();
        Pattern event = Pattern.compile("\\bevent=([a-z][a-z0-9_]*)");
        for (Path source : mainSources()) {
            Matcher matcher = event.matcher(Files.readString(source));
            while (matcher.find()) {
                logged.add(matcher.group(1));
            }
        }
        var pages = new StringBuilder();
        for (String folder : List.of("deploy", "docs")) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(folder))) {
                for (Path file : files.filter(each -> each.toString().matches(".*\\.(md|ya?ml)"))
                        .toList()) {
                    pages.append(Files.readString(file));
                }
            }
        }
        requireUnchanged(
                "Events in the log",
                logged.stream()
                        .filter(name -> Pattern.compile("(?<![\\w.])" + name + "(?!\\w)")
                                .matcher(pages)
                                .find())
                        .toList());
    }

    private static List<Path> mainSources() throws IOException {
        try (Stream<Path> files = Files.walk(REPOSITORY)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && file.toString().contains("/src/main/java/")
                            && !file.toString().matches("\\.\\./(benchmarks|examples|compatibility)/.*"))
                    .toList();
        }
    }

    private static List<String> constants(Class<?>... classes) {
        return Arrays.stream(classes)
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> Modifier.isPublic(field.getModifiers()) && field.getType() == String.class)
                .map(ForwarderSurfaceTest::value)
                .toList();
    }

    private static String value(Field constant) {
        try {
            return String.valueOf(constant.get(null));
        } catch (IllegalAccessException hidden) {
            throw new IllegalStateException(hidden);
        }
    }
}
