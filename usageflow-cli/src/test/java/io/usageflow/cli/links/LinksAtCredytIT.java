package io.usageflow.cli.links;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.CommandRun;
import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links and what Credyt's stand-in has, through the commands. Each test has accounts of its own. */
class LinksAtCredytIT {
    private static final FaultMatch POST_CUSTOMERS = FaultMatch.route("POST /customers");

    @AutoClose
    private static DevEnvironment dev;

    private static Map<String, String> environment;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        dev = DevEnvironment.start(DevOptions.onFreePorts());
        environment = new HashMap<>();
        dev.settings()
                .forEach((key, value) ->
                        environment.put("USAGEFLOW_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    }

    @AfterEach
    void endFaults() {
        dev.sandbox().clearFaults();
        dev.sandbox().outage(false);
    }

    private static CommandRun run(int exitCode, String... args) {
        var run = new CommandRun().with(environment);
        assertThat(run.run(args)).describedAs(() -> run.out() + run.err()).isEqualTo(exitCode);
        return run;
    }

    private static JsonNode json(CommandRun run) throws Exception {
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void shouldLinkOnlyWhatCredytHas() {
        dev.sandbox().createCustomer("put-known");
        String vendor = dev.sandbox().createVendor("put-vendor");

        assertThat(run(2, "links", "put", "--account", "put_1", "--customer-external-id", "put-typo")
                        .err())
                .contains(
                        "Credyt has no customer with the external id put-typo, so no link was written", "--no-verify");
        run(1, "links", "list", "--account", "put_1");
        assertThat(run(2, "links", "put", "--vendor", "put_v", "--vendor-id", "vnd_nothing")
                        .err())
                .contains("Credyt has no vendor with the id vnd_nothing");

        assertThat(run(0, "links", "put", "--account", "put_1", "--customer-external-id", "put-known")
                        .err())
                .isEmpty();
        run(0, "links", "put", "--vendor", "put_v", "--vendor-id", vendor);
        run(0, "links", "put", "--account", "put_2", "--customer-external-id", "put-later", "--no-verify");
    }

    @Test
    void shouldGoOnWithoutAnAnswerUnlessAskedToVerify() {
        String[] put = {"links", "put", "--account", "silent_1", "--customer-external-id", "silent"};
        String[] away = {"--set", "credyt.url=http://127.0.0.1:1"};

        assertThat(run(3, with(put, with(away, "--verify"))).err()).contains("Credyt does not answer");
        run(1, "links", "list", "--account", "silent_1");
        assertThat(run(0, with(put, away)).err().lines())
                .singleElement()
                .asString()
                .contains("not verified at Credyt: Credyt does not answer");

        assertThat(run(0, with(put, "--set", "credyt.api.key=")).err())
                .contains("not verified at Credyt: credyt.api.key is missing");
        run(2, with(put, "--set", "credyt.api.key=", "--verify"));
        assertThat(run(0, with(put, "--set", "credyt.api.key=wrong")).err()).contains("refuses the API key");
        assertThat(run(0, with(put, with(away, "--no-verify"))).err()).isEmpty();
    }

    @Test
    void shouldImportOnlyWhatCredytHas() throws Exception {
        dev.sandbox().createCustomer("import-known");
        Path file = Files.writeString(folder.resolve("links.csv"), """
                account,customer_external_id
                imp_1,import-known
                imp_2,import-typo
                """);

        assertThat(run(2, "links", "import", file.toString(), "--apply").err())
                .contains(
                        "line 3: Credyt has no customer with the external id import-typo",
                        "1 of 2 lines are bad, so nothing was written");
        run(1, "links", "list", "--account", "imp_1");
        JsonNode partial = json(run(1, "links", "import", file.toString(), "--apply", "--partial", "--json"));
        assertThat(partial.path("written").intValue()).isEqualTo(1);
        assertThat(partial.path("bad_lines").path(0).path("line").intValue()).isEqualTo(3);
        assertThat(run(0, "links", "import", file.toString(), "--apply", "--no-verify")
                        .out())
                .contains("new 1, changed 0, unchanged 1", "written 1, failed 0");
    }

    @Test
    void shouldCheckAllLinks() throws Exception {
        dev.sandbox().createCustomer("check-known");
        run(0, "links", "put", "--account", "check_1", "--customer-external-id", "check-known");
        run(0, "links", "put", "--account", "check_2", "--customer-external-id", "check-gone", "--no-verify");
        run(0, "links", "put", "--vendor", "check_v", "--vendor-id", "vnd_gone", "--no-verify");

        JsonNode report = json(run(1, "links", "check", "--json"));

        assertThat(report.path("complete").booleanValue()).isTrue();
        assertThat(report.path("known").intValue()).isPositive();
        assertThat(report.path("findings"))
                .extracting(finding ->
                        finding.path("account").asText(finding.path("vendor").asText()) + " "
                                + finding.path("problem").textValue())
                .contains("check_2 UNKNOWN", "check_v UNKNOWN")
                .doesNotContain("check_1 UNKNOWN");
        assertThat(run(1, "links", "check", "--customers").out())
                .contains("check_2", "Credyt has no customer with the external id check-gone")
                .doesNotContain("check_v");
        assertThat(run(3, "links", "check", "--set", "credyt.url=http://127.0.0.1:1")
                        .err())
                .contains("Credyt does not answer");
    }

    @Test
    void shouldCreateAndLinkOnce() throws Exception {
        dev.sandbox().createCustomer("create-there");
        Path file = Files.writeString(folder.resolve("create.csv"), """
                account,external_id,name
                create_1,create-new,New Inc
                create_2,create-there,There Inc
                """);

        assertThat(run(0, "links", "create", file.toString()).out())
                .contains("would create", "would link", "Nothing was changed: --apply");
        run(1, "links", "list", "--account", "create_1");
        assertThat(customers("create-new")).isZero();

        JsonNode made = json(run(0, "links", "create", file.toString(), "--apply", "--json"));
        assertThat(made.path("rows"))
                .extracting(row -> row.path("result").textValue())
                .containsExactly("CREATED", "LINKED");
        String id = made.path("rows").path(0).path("id").textValue();
        assertThat(id).startsWith("cust_");
        assertThat(run(0, "links", "list", "--account", "create_1").out()).contains(id);

        assertThat(json(run(0, "links", "create", file.toString(), "--apply", "--json"))
                        .path("rows"))
                .extracting(row -> row.path("result").textValue())
                .containsExactly("UNCHANGED", "UNCHANGED");
        assertThat(customers("create-new")).isEqualTo(1);
        assertThat(run(0, "links", "create", "--vendor", "create_v", "--name", "Vendor", "--apply")
                        .out())
                .contains("created", "vnd_");
    }

    @Test
    void shouldMakeNothingTwiceWhateverCredytAnswers() throws Exception {
        Fault[] faults = {
            Fault.commitThenDrop(),
            Fault.commitThenStatus(500),
            Fault.commitThenStatus(504),
            new Fault.TruncatedBody(),
            new Fault.Html(Fault.Moment.AFTER_COMMIT),
            Fault.status(429)
        };
        for (int i = 0; i < faults.length; i++) {
            dev.sandbox().inject(FaultRule.next(1, POST_CUSTOMERS, faults[i]));
            long before = posted();
            run(0, "links", "create", "--account", "fault_" + i, "--apply");

            assertThat(customers("fault_" + i)).describedAs("%s", faults[i]).isEqualTo(1);
            // Credyt's stand-in refuses a second one; Credyt need not. A 429 did nothing, so that one is repeated.
            assertThat(posted() - before)
                    .describedAs("%s", faults[i])
                    .isEqualTo(faults[i] instanceof Fault.Status status && status.status() == 429 ? 2 : 1);
            assertThat(run(0, "links", "list", "--account", "fault_" + i).out()).contains("cust_");
        }
        dev.sandbox().inject(FaultRule.next(1, POST_CUSTOMERS, Fault.dropBeforeCommit()));
        assertThat(run(1, "links", "create", "--account", "fault_lost", "--apply")
                        .out())
                .contains("failed", "run the command again");
        run(0, "links", "create", "--account", "fault_lost", "--apply");
        assertThat(customers("fault_lost")).isEqualTo(1);
    }

    @Test
    void shouldRefuseToCreateForAnAccountThatIsLinkedOtherwise() throws Exception {
        dev.sandbox().createCustomer("taken");
        run(0, "links", "put", "--account", "taken_1", "--customer-external-id", "taken");

        assertThat(run(1, "links", "create", "--account", "taken_1", "--external-id", "else", "--apply")
                        .out())
                .contains("refused", "is linked to taken");
        assertThat(customers("else")).isZero();
    }

    @Test
    void shouldProposeLinksFromCredytsCustomers() {
        IntStream.range(0, 130).forEach(i -> dev.sandbox().createCustomer("sync_" + i));
        dev.sandbox().createCustomer("sync-other");
        run(0, "links", "put", "--account", "sync_0", "--customer-external-id", "sync-other");

        CommandRun plan = run(1, "links", "sync");
        assertThat(plan.out())
                .contains("different  account sync_0 is linked to sync-other", "Nothing was written: --apply")
                .contains("more; --json shows all");
        run(1, "links", "list", "--account", "sync_1");

        run(1, "links", "sync", "--apply");
        assertThat(run(0, "links", "list", "--account", "sync_129").out()).contains("cust_");
        assertThat(run(0, "links", "list", "--account", "sync_0").out()).contains("sync-other");
        assertThat(run(1, "links", "sync").out()).contains("new 0, different 1");
    }

    /** How many customers of Credyt's stand-in have the external id. */
    private static long customers(String externalId) throws Exception {
        long found = 0;
        for (int offset = 0; ; offset += 100) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(dev.credytUrl() + "/customers?limit=100&offset=" + offset))
                    .header("X-CREDYT-API-KEY", environment.get("USAGEFLOW_CREDYT_API_KEY"))
                    .build();
            JsonNode items = new ObjectMapper()
                    .readTree(HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .path("items");
            if (items.isEmpty()) {
                return found;
            }
            for (JsonNode item : items) {
                found += externalId.equals(item.path("external_id").textValue()) ? 1 : 0;
            }
        }
    }

    /** How many requests to make a customer arrived. */
    private static long posted() {
        return dev.sandbox().requests().counts().entrySet().stream()
                .filter(route -> route.getKey().startsWith("POST /customers "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static String[] with(String[] args, String... more) {
        String[] all = Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return all;
    }
}
