package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.doctor.CheckResult.CheckStatus;
import io.usageflow.forwarder.doctor.kafka.Cluster;
import io.usageflow.forwarder.doctor.kafka.RightsCheck;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.SecureKafka;
import io.usageflow.forwarder.topics.Grant;
import io.usageflow.forwarder.topics.KafkaRights;
import io.usageflow.producer.Balances;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each user of the pipeline with exactly the rights that docs/security.md lists, on a broker with TLS, SCRAM and ACLs.
 * In the first test all of them work together, so that topics, groups and ids exist for the others.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecureKafkaIT {
    private static final Duration SOON = Duration.ofMinutes(3);
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final int PARTITIONS = 3;
    private static final int EVENTS = 20;

    @TempDir
    static Path folder;

    private static SecureKafka kafka;
    private static SchemaRegistryServer registry;
    private static CredytSandbox credyt;

    @BeforeAll
    static void start() throws Exception {
        kafka = SecureKafka.start(
                folder,
                KafkaRights.all(Settings.load(ConfigSources.none())).stream()
                        .map(SecureKafkaIT::name)
                        .toList());
        registry = SchemaRegistryServer.start(0);
        credyt = CredytSandbox.start(SandboxOptions.dev().withApiKeys("dev"));
        for (KafkaRights each : KafkaRights.all(Settings.load(ConfigSources.none()))) {
            kafka.grantOnly(name(each), needed(name(each)));
        }
    }

    @AfterAll
    static void stop() {
        credyt.close();
        registry.close();
        kafka.close();
    }

    private static String name(KafkaRights rights) {
        return rights.user().replace(' ', '-');
    }

    private static List<Grant> needed(String user) {
        Settings settings = settingsOf(user);
        if (isForwarder(user)) {
            return KafkaRights.forwarder(settings).needed();
        }
        return KafkaRights.all(settings).stream()
                .filter(each -> name(each).equals(user))
                .findFirst()
                .orElseThrow()
                .needed();
    }

    private static boolean isForwarder(String user) {
        return user.equals("admission") || user.equals("delivery");
    }

    private static Map<String, String> settings(String user) {
        var settings = new HashMap<String, String>();
        kafka.client(user).forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("schema.registry.url", registry.url());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "dev");
        settings.put("admin.port", "0");
        settings.put("state.dir", folder.resolve("state-of-" + user).toString());
        settings.put("topics.partitions", Integer.toString(PARTITIONS));
        settings.put("balances.enabled", "true");
        settings.put("billing.samples.enabled", "true");
        settings.put("replay.blocked.every", "1h");
        if (isForwarder(user)) {
            settings.put("roles", user);
        }
        return settings;
    }

    private static Settings settingsOf(String user) {
        return Settings.load(ConfigSources.none().with(settings(user), "test"));
    }

    private static Map<String, Object> publishing(String user) {
        Map<String, Object> settings = new HashMap<>(kafka.client(user));
        settings.put("schema.registry.url", registry.url());
        return settings;
    }

    /** A command and what it printed. */
    private record Ran(int exitCode, String text) {}

    private static Ran run(String user, String command) {
        if (user.equals(CONSOLE)) {
            String page = operate(new ConsoleOperator(settingsOf(user)), command);
            return new Ran(page.contains("may not ") ? ExitCode.UNREACHABLE : ExitCode.OK, command + "\n" + page);
        }
        var words = new ArrayList<>(List.of(command.split(" ")));
        settings(user).forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        var run = new CommandRun();
        int exitCode = run.run(words.toArray(String[]::new));
        return new Ran(exitCode, command + "\n" + run.out() + run.err());
    }

    private static String operate(ConsoleOperator operator, String command) {
        String[] words = command.split(" ");
        return words[0].equals("replay") ? operator.replay() : operator.link(words[1], words[2]);
    }

    private static UsageEvent event(String account, int number) {
        return UsageEvent.of("chat_completed")
                .id(account + "-" + number)
                .account(account)
                .data("tokens", number);
    }

    @Test
    @Order(1)
    void shouldCarryEventsToCredytWithTheNeededRightsOnly() {
        assertThat(run("topic-administrator", "topics apply --replication 1"))
                .satisfies(ran -> assertThat(ran.exitCode()).as(ran.text()).isZero());
        try (Forwarder admission = Forwarder.start(settingsOf("admission"));
                Forwarder delivery = Forwarder.start(settingsOf("delivery"));
                UsagePublisher linker = UsagePublisher.create(publishing("linker"));
                UsagePublisher publisher = UsagePublisher.create(publishing("publisher"));
                Balances balances = Balances.create(publishing("balance-reader"))) {
            linker.linkCustomer("acme", CustomerRef.externalId("acct_1")).join();
            linker.linkVendor("openai", VendorRef.externalId("openai")).join();
            for (int number = 0; number < EVENTS; number++) {
                publisher.publish(event("acme", number)).join();
            }
            for (int number = 0; number < 5; number++) {
                publisher
                        .publish(event("acme", 100 + number)
                                .occurredAt(Instant.now().minus(Duration.ofDays(90))))
                        .join();
            }
            copyToEveryPartition(TOPICS.events(), "publisher");
            copyToEveryPartition(TOPICS.customerLinks(), "linker");
            publisher.publish(event("acme", EVENTS)).join();

            assertThat(credyt.awaitEvents(EVENTS + 1, SOON)).isTrue();
            await().atMost(SOON).until(() -> run("reading-operator", "ledger").exitCode() == ExitCode.OK);
            await().atMost(SOON).until(() -> balances.canSpend("acme", "USD", BigDecimal.ZERO)
                    .left()
                    .isPresent());
            for (Forwarder each : List.of(admission, delivery)) {
                assertThat(each.health().ready()).isTrue();
                assertThat(each.health().toString())
                        .contains("may not end a transaction that a dying broker left open")
                        .contains("--operation ClusterAction --cluster");
            }
        }
        assertThat(credyt.eventIds()).hasSize(EVENTS + 1);
    }

    /** So that admission must write to the topics that it reads: all but one copy are in a wrong partition. */
    private static void copyToEveryPartition(String topic, String user) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        new TopicReader(kafka.administrator()).read(topic, records::add);
        assertThat(records).isNotEmpty();
        try (var producer = new KafkaProducer<>(
                Map.copyOf(kafka.client(user)), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producer.send(new ProducerRecord<>(
                        topic, partition, records.get(0).key(), records.get(0).value()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"admission", "delivery"})
    @Order(2)
    void shouldNameEachRightOfTheForwarderThatIsMissing(String role) throws Exception {
        Ran doctor = run(role, "doctor");
        assertThat(doctor.text())
                .contains("--operation ClusterAction --cluster")
                .doesNotContain("FAIL");

        Settings settings = settingsOf(role);
        try (Cluster cluster = new Cluster(settings.kafka(), Duration.ofSeconds(30))) {
            var check = new RightsCheck(cluster, settings, Duration.ofSeconds(30));
            for (Grant missing : needed(role)) {
                kafka.grantOnly(role, without(role, missing::equals));

                assertThat(check.look())
                        .as("without %s", missing)
                        .filteredOn(finding -> finding.verdict() == CheckStatus.FAIL)
                        .isNotEmpty()
                        .allSatisfy(finding -> assertThat(finding.detail()).endsWith(missing + " is missing"))
                        .extracting(CheckResult::remedy)
                        .containsOnly(Optional.of(missing.command()));
            }
        } finally {
            kafka.grantOnly(role, needed(role));
        }
    }

    /** User, command, the right that is taken away, and the operation that the refusal names. */
    static Stream<Arguments> commands() {
        return Stream.of(
                command(READER, "topics plan", AclOperation.DESCRIBE_CONFIGS, "usage."),
                // Without it the topics are hidden, which is what the command meets first.
                command(READER, "links list", AclOperation.READ, "usage.", AclOperation.DESCRIBE),
                command(READER, "dead-letters list", AclOperation.READ, "usage."),
                command(READER, "ledger", AclOperation.READ, "usage."),
                command(READER, "trace acme-1", AclOperation.READ, "usage."),
                command(READER, "balance acme", AclOperation.DESCRIBE, "usage-delivery"),
                command(OPERATOR, LINK_CUSTOMER, AclOperation.WRITE, TOPICS.customerLinks()),
                command(OPERATOR, LINK_VENDOR, AclOperation.WRITE, TOPICS.vendorLinks()),
                command(OPERATOR, PUBLISH, AclOperation.WRITE, TOPICS.events()),
                command(OPERATOR, DISCARD, AclOperation.WRITE, TOPICS.deadLetterMarks()),
                command(OPERATOR, DISCARD, AclOperation.WRITE, "usage.replay"),
                command("replay", REPLAY, AclOperation.READ, TOPICS.deadLetters()),
                command("replay", REPLAY, AclOperation.READ, TOPICS.deadLetterMarks()),
                command("replay", REPLAY, AclOperation.READ, TOPICS.deliverable()),
                command("replay", REPLAY, AclOperation.READ, TOPICS.receipts()),
                command("replay", REPLAY, AclOperation.WRITE, TOPICS.replays()),
                command("replay", REPLAY, AclOperation.WRITE, TOPICS.deadLetterMarks()),
                command("replay", REPLAY, AclOperation.WRITE, "usage.replay"),
                command(CONSOLE, "replay", AclOperation.READ, TOPICS.deadLetters()),
                command(CONSOLE, "replay", AclOperation.READ, TOPICS.deadLetterMarks()),
                command(CONSOLE, "replay", AclOperation.WRITE, TOPICS.replays()),
                command(CONSOLE, "replay", AclOperation.WRITE, TOPICS.deadLetterMarks()),
                command(CONSOLE, "replay", AclOperation.WRITE, "usage.replay"),
                command(CONSOLE, "link customer gamma", AclOperation.READ, TOPICS.customerLinks()),
                command(CONSOLE, "link customer gamma", AclOperation.WRITE, TOPICS.customerLinks()),
                command(CONSOLE, "link vendor gamma", AclOperation.READ, TOPICS.vendorLinks()),
                command(CONSOLE, "link vendor gamma", AclOperation.WRITE, TOPICS.vendorLinks()),
                command(ADMINISTRATOR, APPLY, AclOperation.CREATE, "usage."),
                command(ADMINISTRATOR, APPLY, AclOperation.DESCRIBE, "usage."),
                command(ADMINISTRATOR, ALTER, AclOperation.ALTER_CONFIGS, "usage.", AclOperation.DESCRIBE_CONFIGS));
    }

    private static final String READER = "reading-operator";
    private static final String OPERATOR = "acting-operator";
    /** Its commands are forms. */
    private static final String CONSOLE = "console";

    private static final String ADMINISTRATOR = "topic-administrator";
    private static final String LINK_CUSTOMER = "links put --account beta --customer-external-id acct_1 --no-verify";
    private static final String LINK_VENDOR = "links put --vendor beta --vendor-external-id beta --no-verify";
    private static final String PUBLISH = "publish --account acme --event-type chat_completed";
    private static final String DISCARD = "dead-letters discard --reason TOO_OLD --limit 1 --apply --why rights";
    private static final String REPLAY =
            "dead-letters replay --reason TOO_OLD --limit 1 --apply --why rights" + " --canary 1 --canary-timeout 1s";
    /** Topics under the same prefix that are not there yet. */
    private static final String APPLY = "topics apply --replication 1 --set topics.prefix=usage.apply";

    private static final String ALTER = "topics apply --alter --set admission.dedup.window=60d";

    private static Arguments command(String user, String command, AclOperation missing, String name) {
        return command(user, command, missing, name, missing);
    }

    private static Arguments command(
            String user, String command, AclOperation missing, String name, AclOperation named) {
        return Arguments.of(user, command, missing, name, named);
    }

    @ParameterizedTest
    @MethodSource("commands")
    @Order(3)
    void shouldNameTheRightThatACommandLacks(
            String user, String command, AclOperation missing, String name, AclOperation named) throws Exception {
        List<Grant> left = without(
                user, right -> right.operation() == missing && right.name().equals(name));
        assertThat(needed(user)).hasSize(left.size() + 1);
        kafka.grantOnly(user, left);

        Ran refused = run(user, command);

        kafka.grantOnly(user, needed(user));
        assertThat(refused.exitCode()).as(refused.text()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(refused.text()).contains("may not " + named, name, "grant " + named, "docs/security.md");
    }

    @Test
    @Order(4)
    void shouldRunEachCommandWithTheNeededRightsOnly() {
        commands()
                .map(Arguments::get)
                .collect(Collectors.toMap(
                        row -> (String) row[1], row -> (String) row[0], (one, same) -> one, LinkedHashMap::new))
                .forEach((command, user) -> {
                    Ran allowed = run(user, command);
                    assertThat(allowed.exitCode()).as(allowed.text()).isIn(ExitCode.OK, ExitCode.PROBLEMS);
                });
    }

    @Test
    @Order(5)
    void shouldTellAPublisherWhichRightItLacks() throws Exception {
        kafka.grantOnly("publisher", List.of());
        Map<String, Object> settings = publishing("publisher");
        settings.put("publish.max.block.ms", SOON.toMillis());
        try (UsagePublisher publisher = UsagePublisher.create(settings)) {
            assertThatThrownBy(() -> publisher.publish(event("acme", 500)).join())
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining(TOPICS.events())
                    .hasMessageContaining("grant WRITE on the topic");
        }
    }

    private static List<Grant> without(String user, Predicate<Grant> missing) {
        return needed(user).stream().filter(missing.negate()).toList();
    }
}
