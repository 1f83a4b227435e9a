package io.usageflow.forwarder.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.CatalogueReport;
import io.usageflow.forwarder.catalogue.CatalogueReport.Result;
import io.usageflow.forwarder.catalogue.CatalogueReport.Row;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.AccountAnswer;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.doctor.check.AdminPortCheck;
import io.usageflow.forwarder.doctor.check.CatalogueCheck;
import io.usageflow.forwarder.doctor.check.ClockCheck;
import io.usageflow.forwarder.doctor.check.CredytCheck;
import io.usageflow.forwarder.doctor.check.MemoryCheck;
import io.usageflow.forwarder.doctor.check.RegistryCheck;
import io.usageflow.forwarder.doctor.check.StateDirCheck;
import io.usageflow.forwarder.doctor.kafka.BrokerCheck;
import io.usageflow.forwarder.doctor.kafka.BrokerSettingsCheck;
import io.usageflow.forwarder.doctor.kafka.ReplicasCheck;
import io.usageflow.forwarder.doctor.kafka.RightsCheck;
import io.usageflow.forwarder.doctor.kafka.TopicsCheck;
import io.usageflow.forwarder.kafka.recovery.TransactionRights;
import io.usageflow.forwarder.topics.Grant;
import io.usageflow.forwarder.topics.KafkaRights;
import io.usageflow.forwarder.topics.MissingRights;
import io.usageflow.forwarder.topics.TopicFinding;
import io.usageflow.forwarder.topics.TopicFinding.NewTopicSpec;
import io.usageflow.forwarder.topics.TopicPlan;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.topic.Topics;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each check makes of what it found: the good case, and each that is not. */
class JudgementTest {
    private static final long MIB = 1024 * 1024;
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(response(200, "{\"items\":[]}"), CheckStatus.OK, "takes the key"),
                Arguments.of(response(401, "{}"), CheckStatus.FAIL, "refuses the key (status 401)"),
                Arguments.of(response(403, "{}"), CheckStatus.FAIL, "refuses the key (status 403)"),
                Arguments.of(response(429, "{}"), CheckStatus.WARN, "status 429"),
                Arguments.of(response(503, "down"), CheckStatus.WARN, "status 503"),
                Arguments.of(response(200, "<html>login</html>"), CheckStatus.FAIL, "not as Credyt does"),
                Arguments.of(response(302, ""), CheckStatus.FAIL, "not as Credyt does (status 302)"),
                Arguments.of(
                        new Answer.Failure(false, "connection refused"), CheckStatus.FAIL, "does not answer: conn"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void shouldJudgeCredyt(Answer answer, CheckStatus verdict, String detail) {
        assertThat(CredytCheck.judge(answer, AccountAnswer.of(answer), credyt("any")))
                .satisfies(is(verdict, detail));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "any  | {\"id\":\"acc_1\",\"live_mode\":true} | OK | account acc_1, live mode",
                "live | {\"live_mode\":true}  | OK   | takes the key; live mode",
                "any  | {\"id\":\"acc_1\"}  | OK   | account acc_1, mode unknown: Credyt does not say it",
                "test | {\"id\":\"acc_1\"}  | WARN | so credyt.expect.mode has no effect",
                "test | {\"live_mode\":true}  | FAIL | of live mode, but credyt.expect.mode is test",
                "live | {\"live_mode\":false} | FAIL | of test mode, but credyt.expect.mode is live"
            })
    void shouldJudgeTheModeOfTheKey(String expected, String account, CheckStatus verdict, String detail) {
        assertThat(CredytCheck.judge(
                        response(200, "{\"items\":[]}"), AccountAnswer.of(response(200, account)), credyt(expected)))
                .satisfies(is(verdict, detail));
    }

    private static CredytSettings credyt(String expectedMode) {
        return CredytSettings.from(new AbstractConfig(
                CredytSettings.define(new ConfigDef()), Map.of(CredytSettings.EXPECT_MODE, expectedMode), false));
    }

    @ParameterizedTest
    @CsvSource({
        "0, OK, agrees with Credyt's to 1 s",
        "-4, OK, agrees with Credyt's to 4 s",
        "30, WARN, Credyt's clock is 30 s ahead of ours",
        "-30, WARN, Credyt's clock is 30 s behind ours",
        "-3700, FAIL, more than admission.clock.skew"
    })
    void shouldJudgeClocks(long seconds, CheckStatus verdict, String detail) {
        assertThat(ClockCheck.judge("Credyt", Duration.ofSeconds(seconds), Duration.ofHours(1)))
                .satisfies(is(verdict, detail));
    }

    @Test
    void shouldReadTheTimeOfAnAnswer() {
        assertThat(ClockCheck.date(
                        new Answer.Response(200, Map.of("date", "Mon, 23 Nov 2026 15:00:00 GMT"), "{}", false)))
                .contains(java.time.Instant.parse("2026-11-23T15:00:00Z"));
        assertThat(ClockCheck.date(new Answer.Response(200, Map.of("date", "soon"), "{}", false)))
                .isEmpty();
    }

    @Test
    void shouldSayWhyKafkaIsNotReached() {
        assertThat(BrokerCheck.judge(
                        new KafkaException("no client", new ConnectException("name not known")), "kafka:9092"))
                .satisfies(is(CheckStatus.FAIL, "kafka:9092 does not answer: name not known"));
        assertThat(BrokerCheck.judge(new SaslAuthenticationException("wrong password"), "kafka:9092"))
                .satisfies(is(CheckStatus.FAIL, "refuses us: wrong password"));
    }

    @Test
    void shouldJudgeFeatures() {
        Map<String, Short> modern =
                Map.of("metadata.version", (short) 27, "streams.version", (short) 1, "transaction.version", (short) 2);
        Map<String, Short> upgraded = Map.of("metadata.version", (short) 27, "transaction.version", (short) 1);
        assertThat(BrokerSettingsCheck.judgeFeatures(modern, true))
                .singleElement()
                .satisfies(is(CheckStatus.OK, "metadata.version is 27"));
        assertThat(BrokerSettingsCheck.judgeFeatures(Map.of(), false))
                .as("a product that speaks Kafka's protocol has no kafka-features.sh")
                .singleElement()
                .satisfies(is(CheckStatus.WARN, "not Apache Kafka in KRaft mode"));
        assertThat(BrokerSettingsCheck.judgeFeatures(upgraded, true))
                .anySatisfy(is(CheckStatus.WARN, "transaction.version is 1"))
                .anySatisfy(is(CheckStatus.FAIL, "streams.group.protocol is streams"));
    }

    @ParameterizedTest
    @CsvSource({
        "20, WARN, older than Kafka 3.9",
        "21, OK, metadata.version is 21 (Kafka 3.9)",
        "22, OK, metadata.version is 22 (Kafka 4.0)",
        "25, OK, metadata.version is 25 (Kafka 4.0)",
        "30, OK, metadata.version is 30 (Kafka 4.3)",
        "31, WARN, newer than Kafka 4.3"
    })
    void shouldJudgeVersionsOfKafka(short level, CheckStatus verdict, String detail) {
        assertThat(BrokerSettingsCheck.judgeFeatures(
                        Map.of("metadata.version", level, "transaction.version", (short) 2), false))
                .singleElement()
                .satisfies(is(verdict, detail));
    }

    @ParameterizedTest
    @CsvSource({
        "transaction.state.log.replication.factor, 3, FAIL, the first transaction ever cannot begin",
        "transaction.max.timeout.ms, 5000, FAIL, below our 10000",
        "socket.request.max.bytes, 1048576, FAIL, too small for a large dead letter",
        "unclean.leader.election.enable, true, WARN, may become leader and drop them",
        "log.dirs, /tmp, OK, transactions and large records are possible"
    })
    void shouldJudgeBrokerSettings(String key, String value, CheckStatus verdict, String detail) {
        assertThat(BrokerSettingsCheck.judgeSettings(Map.of(key, value), 1))
                .singleElement()
                .satisfies(is(verdict, detail));
    }

    @Test
    void shouldJudgeTopics() {
        var missing = new TopicFinding.Missing("usage.events", new NewTopicSpec(6, Map.of()));
        var differs = new TopicFinding.Differs("usage.receipts", "retention.ms", "1", "2", "x", false);
        var fatal = new TopicFinding.Differs("usage.ledger", "cleanup.policy", "delete", "compact", "x", true);
        var refused = new TopicFinding.Refused("usage.replays", "has 3 partitions", "make it anew");
        var ready = new TopicFinding.Ready("usage.events", 6);

        assertThat(TopicsCheck.judge(new TopicPlan(List.of(missing, differs, fatal, refused, ready))))
                .extracting(CheckResult::verdict)
                .containsExactly(CheckStatus.FAIL, CheckStatus.WARN, CheckStatus.FAIL, CheckStatus.FAIL);
        assertThat(TopicsCheck.judge(new TopicPlan(List.of(ready))))
                .singleElement()
                .satisfies(is(CheckStatus.OK, "all 1 are as they must be"));
    }

    @ParameterizedTest
    @CsvSource({
        "true, 3, 3, 2, OK, is in sync",
        "false, 3, 0, 2, FAIL, partition 0 has no leader",
        "true, 3, 1, 2, FAIL, takes nothing below 2",
        "true, 3, 2, 2, WARN, has replicas that are behind",
        "true, 1, 1, 1, WARN, a lost disk loses events",
        "true, 3, 3, 1, WARN, min.insync.replicas=1"
    })
    void shouldJudgeReplicas(boolean led, int replicas, int inSync, int insyncMin, CheckStatus verdict, String detail) {
        var topic = new ReplicasCheck.Topic(
                "usage.events", insyncMin, List.of(new ReplicasCheck.Partition(0, led, replicas, inSync)));

        assertThat(ReplicasCheck.judge(List.of(topic))).singleElement().satisfies(is(verdict, detail));
    }

    @Test
    void shouldNameEveryRightThatIsMissing() {
        List<Grant> needed =
                KafkaRights.forwarder(settings("admission,delivery")).needed();

        assertThat(missing(needed, ResourceType.TOPIC, Map.of("usage.events", EnumSet.allOf(AclOperation.class))))
                .isEmpty();
        assertThat(missing(
                        needed,
                        ResourceType.TOPIC,
                        Map.of(
                                "usage.events",
                                EnumSet.of(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS))))
                .singleElement()
                .satisfies(is(CheckStatus.FAIL, "may not WRITE usage.events"))
                .satisfies(finding -> assertThat(finding.remedy()).hasValueSatisfying(remedy -> assertThat(remedy)
                        .endsWith("--operation Write --topic usage.events")));
        assertThat(missing(needed, ResourceType.TOPIC, Map.of("usage.deliverable", Set.of(), "usage.ledger", Set.of())))
                .extracting(CheckResult::detail)
                .containsExactlyInAnyOrder(
                        "may not DESCRIBE usage.deliverable, usage.ledger: DESCRIBE on the topics that begin with usage."
                                + " is missing",
                        "may not DESCRIBE_CONFIGS usage.deliverable, usage.ledger: DESCRIBE_CONFIGS on the topics that"
                                + " begin with usage. is missing",
                        "may not READ usage.ledger: READ on the topic usage.ledger is missing",
                        "may not WRITE usage.ledger: WRITE on the topic usage.ledger is missing",
                        "may not READ usage.deliverable: READ on the topic usage.deliverable is missing",
                        "may not WRITE usage.deliverable: WRITE on the topic usage.deliverable is missing");
        assertThat(missing(needed, ResourceType.GROUP, Map.of("usage-delivery", Set.of(AclOperation.DESCRIBE))))
                .singleElement()
                .satisfies(is(CheckStatus.FAIL, "may not READ usage-delivery: READ on the group usage-delivery"));
        assertThat(KafkaRights.forwarder(settings("delivery")).needed())
                .noneMatch(grant -> grant.covers(ResourceType.TOPIC, "usage.events")
                        && grant.operation() != AclOperation.DESCRIBE
                        && grant.operation() != AclOperation.DESCRIBE_CONFIGS);
    }

    private static List<CheckResult> missing(
            List<Grant> needed, ResourceType type, Map<String, Set<AclOperation>> held) {
        return RightsCheck.judge(MissingRights.of(needed, type, held));
    }

    private static Settings settings(String roles) {
        return Settings.load(ConfigSources.none().with("roles", roles, "test"));
    }

    @Test
    void shouldWarnOfWhatOnlyAnAdministratorCanEnd() {
        assertThat(RightsCheck.judgeTransactions(new TransactionRights(true, Set.of())))
                .isEmpty();
        assertThat(RightsCheck.judgeTransactions(new TransactionRights(false, Set.of("__consumer_offsets"))))
                .singleElement()
                .satisfies(is(CheckStatus.WARN, "--operation ClusterAction --cluster"));
        assertThat(RightsCheck.judgeTransactions(new TransactionRights(true, Set.of("usage.receipts"))))
                .singleElement()
                .satisfies(is(CheckStatus.WARN, "may not READ usage.receipts"));
    }

    @Test
    void shouldJudgeTheRegistry() {
        SchemaRegistry registry = SchemaRegistries.connect(Map.of("schema.registry.url", "mock://doctor"));
        var subjects = RegistryCheck.subjects(TOPICS);
        assertThat(RegistryCheck.judge(registry, subjects, true, "u"))
                .singleElement()
                .satisfies(is(CheckStatus.OK, "has 0 of our 8 schemas; the others are registered"));
        assertThat(RegistryCheck.judge(registry, subjects, false, "u"))
                .hasSize(8)
                .allSatisfy(is(CheckStatus.FAIL, "auto.register.schemas is false"));
        subjects.forEach(registry::register);
        assertThat(RegistryCheck.judge(registry, subjects, false, "u"))
                .singleElement()
                .satisfies(is(CheckStatus.OK, "has 8 of our 8 schemas"));

        SchemaRegistry taken = SchemaRegistries.connect(Map.of("schema.registry.url", "mock://doctor-taken"));
        taken.register(
                "usage.events-value",
                SchemaBuilder.record("Other").fields().requiredLong("n").endRecord());
        taken.setCompatibility("usage.events-value", Compatibility.BACKWARD_TRANSITIVE);
        assertThat(RegistryCheck.judge(taken, subjects, true, "u"))
                .singleElement()
                .satisfies(is(CheckStatus.FAIL, "usage.events-value has a version that ours may not follow"));
    }

    @ParameterizedTest
    @CsvSource({
        "100, ext4, FAIL, /state has 100 MiB free",
        "1000, ext4, WARN, 'has 1,000 MiB free, for the ids of 35d of 20 events/s'",
        "90000, nfs4, WARN, on a network disk (nfs4)",
        "90000, tmpfs, WARN, gone after a restart",
        "90000, ext4, OK, on a local disk (ext4)"
    })
    void shouldJudgeTheStateDirectory(long freeMib, String type, CheckStatus verdict, String detail) {
        assertThat(StateDirCheck.judge("/state", freeMib * MIB, type, "35d of 20 events/s"))
                .singleElement()
                .satisfies(is(verdict, detail));
    }

    @Test
    void shouldJudgeTheAdminPort() {
        assertThat(AdminPortCheck.judge("h:1", "in use", Optional.empty()))
                .satisfies(is(CheckStatus.FAIL, "h:1 cannot be listened on: in use"));
        assertThat(AdminPortCheck.judge("h:1", "in use", Optional.of(true)))
                .satisfies(is(CheckStatus.OK, "a forwarder runs"));
        assertThat(AdminPortCheck.judge("h:1", "in use", Optional.of(false)))
                .satisfies(is(CheckStatus.WARN, "is not ready"));
    }

    @ParameterizedTest
    @CsvSource({"256, 4096, WARN", "1024, 4096, OK", "3900, 4096, WARN"})
    void shouldJudgeMemory(long heapMib, long machineMib, CheckStatus verdict) {
        assertThat(MemoryCheck.judge(heapMib * MIB, machineMib * MIB, 17))
                .satisfies(is(verdict, "Java 17, heap up to"));
    }

    @Test
    void shouldJudgeTheEventsOfTheLastHour() {
        Row billed = row("message_completed", Result.BILLED, Optional.empty(), 5);
        Row undecided = row("image", Result.UNDECIDED, Optional.empty(), 2);
        Row typo = row("mesage_completed", Result.NOT_BILLED, Optional.of(Cause.NO_PRICE_FOR_EVENT_TYPE), 3);

        assertThat(CatalogueCheck.judge(report(billed)))
                .satisfies(is(CheckStatus.OK, "will bill 5 events of the last hour"));
        assertThat(CatalogueCheck.judge(report(undecided, billed)))
                .satisfies(is(CheckStatus.OK, "7 events of the last hour, apart from 2 that cannot be judged"));
        assertThat(CatalogueCheck.judge(report(typo, undecided, billed)))
                .satisfies(is(
                        CheckStatus.WARN,
                        "3 of 10 events of the last hour will not be billed, such as event type mesage_completed"
                                + " (NO_PRICE_FOR_EVENT_TYPE): did you mean"));
    }

    private static CatalogueReport report(Row... rows) {
        return new CatalogueReport(
                Instant.EPOCH,
                Instant.EPOCH,
                true,
                Stream.of(rows).mapToLong(Row::events).sum(),
                0,
                List.of(rows),
                List.of());
    }

    private static Row row(String eventType, Result result, Optional<Cause> cause, long events) {
        return new Row(
                eventType, Map.of(), List.of(), result, cause, cause.map(why -> "did you mean"), events, "e", "acct");
    }

    private static Answer response(int status, String body) {
        return new Answer.Response(status, Map.of(), body, false);
    }

    /** A finding that is not OK must say what to do. */
    private static java.util.function.Consumer<CheckResult> is(CheckStatus verdict, String detail) {
        return finding -> {
            assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
            assertThat(finding.detail()).contains(detail);
            assertThat(finding.remedy().isPresent())
                    .isEqualTo(verdict == CheckStatus.WARN || verdict == CheckStatus.FAIL);
        };
    }
}
