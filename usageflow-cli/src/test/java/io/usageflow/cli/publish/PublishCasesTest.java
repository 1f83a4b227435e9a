package io.usageflow.cli.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.cli.CommandRun;
import io.usageflow.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as people have them, in src/test/resources/cases: from public bug reports and exports, personal details replaced. */
class PublishCasesTest {
    private static final Path CASES = Path.of("src", "test", "resources", "cases");

    private record Result(int exit, String out, String err) {}

    @Test
    void shouldRoundTheNoiseOfFloatsWhereThatIsAskedFor() {
        Result refused = run("01-float-noise-in-costs.jsonl");
        assertThat(refused.out).startsWith("good lines 3, bad lines 2");
        assertThat(refused.err)
                .contains("line 2: costs[0].amount has more digits", "--round-amounts 18", "line 3: costs[0].amount");
        assertThat(refused.exit).isEqualTo(ExitCode.PROBLEMS);

        Result rounded = run("01-float-noise-in-costs.jsonl", "--round-amounts", "18");
        assertThat(rounded.out)
                .startsWith("good lines 5, bad lines 0")
                .contains("rounded amounts 2, which changed their sum by -0.000000000000000000105 USD");
        assertThat(rounded.exit).isEqualTo(ExitCode.OK);

        Result json = run("01-float-noise-in-costs.jsonl", "--round-amounts", "18", "--json");
        assertThat(json.out).contains("\"rounded_amounts\" : 2", "\"rounding_differences\" : {", "\"USD\" : ");
        Result none =
                run("11-openrouter.csv", "--csv-zone", "UTC", "--round-amounts", "18", "--csv-mapping", OPENROUTER);
        assertThat(none.out).contains("rounded amounts 0");
    }

    @Test
    void shouldRoundWhatAGatewayExports() {
        String mapping =
                "id=request_id,event_type=call_type,account_id=user,occurred_at=startTime,data.tokens=total_tokens:long,"
                        + "cost.openai.amount=spend,cost.openai.currency='USD'";
        assertThat(run("01-litellm-spend.csv", "--csv-zone", "UTC", "--csv-mapping", mapping).out)
                .startsWith("good lines 2, bad lines 2");
        assertThat(run("01-litellm-spend.csv", "--csv-zone", "UTC", "--round-amounts", "12", "--csv-mapping", mapping)
                        .out)
                .startsWith("good lines 4, bad lines 0")
                .contains("rounded amounts 2");
    }

    @Test
    void shouldReadALoneCarriageReturnAsARowsEnd() {
        Result result = run(
                "02-carriage-return.csv", "--csv-mapping", "id=id,event_type='t',account_id=acct,data.n=tokens:long");

        assertThat(result.out).startsWith("good lines 3, bad lines 0");
        assertThat(result.exit).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldRefuseOneIdForManyUsages() {
        Result result = run("03-one-id-for-many.jsonl");

        assertThat(result.out).startsWith("good lines 0, bad lines 4");
        assertThat(result.err).contains("line 1: id: 'None' stands for a missing id", "line 4: id: 'None'");
        assertThat(result.exit).isEqualTo(ExitCode.PROBLEMS);
    }

    @Test
    void shouldNotGuessLocalTimes() {
        Result result = run(
                "04-daylight-saving.csv",
                "--csv-zone",
                "Europe/Berlin",
                "--csv-mapping",
                "id=id,event_type='t',account_id=acct,occurred_at=at");

        assertThat(result.out).startsWith("good lines 4, bad lines 3");
        assertThat(result.err)
                .contains(
                        "line 3: occurred_at is '2026-10-25 02:30:00', which exists twice in Europe/Berlin:"
                                + " 2026-10-25T00:30:00Z (+02:00) and 2026-10-25T01:30:00Z (+01:00); write the time with its"
                                + " offset, such as 2026-10-25T02:30+02:00",
                        "line 4: ",
                        "line 7: occurred_at is '2026-03-29 02:30:00', which does not exist in Europe/Berlin: clocks went"
                                + " from 2026-03-29T02:00 to 2026-03-29T03:00");
    }

    @Test
    void shouldReadTheVendorFromAColumnAndNullCells() {
        Result result = run(
                "05-focus-null.csv",
                "--csv-zone",
                "UTC",
                "--csv-null",
                "NULL",
                "--csv-mapping",
                "id=Id,event_type=ChargeCategory,account_id=SubAccountId,occurred_at=ChargePeriodStart,"
                        + "subject=ResourceName,data.quantity=ConsumedQuantity:decimal,"
                        + "cost[ProviderName].amount=BilledCost,cost[ProviderName].currency=BillingCurrency");

        assertThat(result.out).startsWith("good lines 2, bad lines 1");
        assertThat(result.err).contains("line 4: costs[0].amount is negative");
    }

    @Test
    void shouldReadDatesEpochsAndSmallCurrenciesWhereTheMappingSaysSo() {
        String dates =
                "event_type=usage_type,account_id=workspace,occurred_at=usage_date_utc%s,data.model=model_version";
        assertThat(run("06-anthropic-dates.csv", "--csv-mapping", dates.formatted("")).err)
                .contains("occurred_at is '2026-11-27': write ISO 8601", "mapped as occurred_at=COLUMN:date");
        assertThat(run("06-anthropic-dates.csv", "--csv-mapping", dates.formatted(":date")).err)
                .contains("name it with --csv-zone");
        assertThat(run("06-anthropic-dates.csv", "--csv-zone", "UTC", "--csv-mapping", dates.formatted(":date")).out)
                .startsWith("good lines 2, bad lines 0");

        String costs = "event_type='cost_recorded',account_id=project_id,occurred_at=start_time:epoch_seconds,"
                + "cost.openai.amount=amount_value,cost.openai.currency=amount_currency%s,cost.openai.description=line_item";
        assertThat(run("07-openai-costs.csv", "--csv-mapping", costs.formatted("")).err)
                .contains("costs[0].currency is 'usd': use an ISO 4217 code, such as USD");
        assertThat(run("07-openai-costs.csv", "--round-amounts", "18", "--csv-mapping", costs.formatted(":upper")).out)
                .startsWith("good lines 2, bad lines 0");
        assertThat(run(
                                "07-openai-costs.csv",
                                "--round-amounts",
                                "18",
                                "--csv-mapping",
                                costs.formatted(":upper").replace("epoch_seconds", "epoch_millis"))
                        .out)
                .contains("older than the dedup window 2");
    }

    private static final String OPENROUTER = "id=generation_id,event_type='generation',account_id=user,"
            + "occurred_at=created_at,data.model=model_permaslug,data.tokens=tokens_prompt:long,"
            + "cost[provider_name].amount=cost_total,cost[provider_name].currency='USD'";

    @Test
    void shouldReadCompressedFilesAndNameJsonArrays() {
        assertThat(run("09-gzip.csv.gz", "--csv-zone", "UTC", "--csv-mapping", OPENROUTER).out)
                .startsWith("good lines 2, bad lines 1");
        Result array = run("10-json-array.json");
        assertThat(array.exit).isEqualTo(ExitCode.USAGE);
        assertThat(array.err).contains("the input is a JSON array", "jq -c '.[]'");
    }

    @Test
    void shouldGoOnReadingWhatWasReadWell() {
        Result openRouter = run("11-openrouter.csv", "--csv-zone", "UTC", "--csv-mapping", OPENROUTER);
        assertThat(openRouter.out).startsWith("good lines 2, bad lines 1");
        assertThat(openRouter.err).contains("line 3: account_id is missing: its cell is empty");
        Result cur = run(
                "11-aws-cur.csv",
                "--csv-mapping",
                "id=identity/LineItemId,event_type=lineItem/LineItemType,account_id=lineItem/UsageAccountId,"
                        + "occurred_at=lineItem/UsageStartDate,data.center=\"resourceTags/user:CostCenter\","
                        + "cost[lineItem/ProductCode].amount=lineItem/UnblendedCost,"
                        + "cost[lineItem/ProductCode].currency=lineItem/CurrencyCode");
        assertThat(cur.out).startsWith("good lines 2, bad lines 2");
        assertThat(cur.err).contains("line 4: costs[0].amount is negative", "line 5: account_id is missing");
    }

    @Test
    void shouldWarnOfWhatAdmissionWillHoldAsTooOld(@TempDir Path folder) throws IOException {
        Instant now = Instant.now();
        Path input = Files.writeString(
                folder.resolve("usage.csv"),
                "id,at\ne1,%s\ne2,%s\ne3,%s\n%s,%s\n"
                        .formatted(
                                now.minus(Duration.ofDays(2)),
                                now.minus(Duration.ofDays(36)),
                                now.plus(Duration.ofDays(2)),
                                "00000000-0000-7000-8000-000000000001",
                                now));
        String mapping = "id=id,event_type='t',account_id='a',occurred_at=at";

        Result result = run(input, "--csv-mapping", mapping);
        assertThat(result.err)
                .contains(
                        "line 3: warning: occurred_at is ",
                        "older than the dedup window of 35d",
                        "TOO_OLD",
                        "--set admission.dedup.window",
                        "line 4: warning: occurred_at is ",
                        "IN_FUTURE")
                .doesNotContain("line 5");
        assertThat(result.out)
                .startsWith("good lines 4, bad lines 0")
                .contains("older than the dedup window 2: admission holds these as TOO_OLD", "later than now 1: ");
        Result narrow = run(input, "--csv-mapping", mapping, "--json", "--set", "admission.dedup.window=1d");
        assertThat(narrow.out).contains("\"too_old\" : 3", "\"in_future\" : 1");
    }

    private static Result run(String file, String... more) {
        return run(CASES.resolve(file), more);
    }

    private static Result run(Path file, String... more) {
        var args = new ArrayList<>(List.of("publish", "--input", file.toString(), "--dry-run"));
        args.addAll(List.of(more));
        var run = new CommandRun();
        int exit = run.run(args.toArray(new String[0]));
        return new Result(exit, run.out(), run.err());
    }
}
