package io.usageflow.forwarder.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.FeeCheck.BilledEvent;
import io.usageflow.forwarder.catalogue.FeeResult.FeeDifference;
import io.usageflow.forwarder.catalogue.FeeResult.Kind;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeeCheckTest {
    private static final Instant ACCEPTED = Instant.parse("2026-11-01T10:00:00Z");
    private static final Optional<Instant> BEFORE = Optional.of(ACCEPTED.minusSeconds(60));
    /** Or so shortly before that another clock may say after. */
    private static final Optional<Instant> AFTER = Optional.of(ACCEPTED.minusSeconds(59));

    private static final String INPUT = volume("chat", "input", "3", "1000000");
    private static final String OUTPUT = volume("chat", "output", "15", "1000000");
    private static final JsonNode CHAT = json("{\"input\": 10000, \"output\": 2000}"); // 0.03 and 0.03 USD

    /** Each row: the fees that Credyt shows, and what is found. The customer's product charges 0.03 and 0.06 USD. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0.03 USD, 0.06 USD                     | AS_EXPECTED  |
            0.06 USD, 0.03 USD                     | AS_EXPECTED  |
            0.060 USD, 0.030 USD                   | AS_EXPECTED  |
            0.03, 0.06                             | AS_EXPECTED  |
            0.03 USD v1, 0.06 USD v1               | AS_EXPECTED  |
            0.03 USD v1 chat, 0.06 USD v1 chat     | AS_EXPECTED  |
            0.03 USD, 0.06 USD, 0 USD              | AS_EXPECTED  |
            0.030000000000000002 USD, 0.06 USD     | AS_EXPECTED  |
            0.03 USD                               | FEES_MISSING | USD=-0.06
            0.06 USD                               | FEES_MISSING | USD=-0.03
            0.03 USD, 0.03 USD, 0.06 USD, 0.06 USD | FEES_DOUBLE  | USD=0.09
            0.03 USD, 0.06 USD, 0.06 USD           | FEES_DOUBLE  | USD=0.06
            0.03, 0.06, 0.06                       | FEES_DOUBLE  | USD=0.06
            0.03 USD, 0.6 USD                      | FEES_DIFFER  | USD=0.54
            0.03 USD, 0.0599 USD                   | FEES_DIFFER  | USD=-0.0001
            0.03 USD, 0 USD                        | FEES_DIFFER  | USD=-0.06
            0.03 USD, 0.06 EUR                     | FEES_DIFFER  | EUR=0.06 USD=-0.06
            0.03 USD, 0.06 USD, 7 USD              | FEES_DIFFER  | USD=7
            0.03 USD, ? USD                        | UNJUDGED     |
            0.03 USD v2, 0.06 USD v2               | UNJUDGED     |
            0.03 USD v1 other, 0.06 USD            | UNJUDGED     |
            """)
    void shouldCompareAllFeesWithAllPrices(String fees, Kind kind, String excess) {
        Catalogue catalogue = catalogue(product("chat", INPUT, OUTPUT));
        JsonNode data = json("{\"input\": 10000, \"output\": 4000}");

        FeeResult result = check(catalogue, List.of(subscribed("chat", Optional.empty(), BEFORE)), data, fees(fees));

        assertThat(result.kind()).describedAs(result.detail()).isEqualTo(kind);
        assertThat(result.detail().isEmpty()).isEqualTo(kind == Kind.AS_EXPECTED);
        assertThat(text(result.excess())).isEqualTo(excess);
    }

    @Test
    void shouldNameEachFeeThatDiffers() {
        Catalogue catalogue = catalogue(product("chat", INPUT, OUTPUT));

        FeeResult result = check(
                catalogue,
                List.of(subscribed("chat", Optional.empty(), BEFORE)),
                json("{\"input\": 10000, \"output\": 4000}"),
                fees("0.03 USD v1, 0.6 USD v1, 0.6 USD v1"));

        assertThat(result.kind()).isEqualTo(Kind.FEES_DIFFER);
        assertThat(result.differences())
                .containsExactly(
                        new FeeDifference("fees[1].amount", "0.06 USD", "0.6 USD"),
                        new FeeDifference("fees[2].amount", "-", "0.6 USD"));
        assertThat(result.detail())
                .isEqualTo("product chat, version 1, should have charged 0.03 USD and 0.06 USD, and charged 0.03 USD"
                        + " and 0.6 USD and 0.6 USD");
    }

    @ParameterizedTest
    @CsvSource({
        // Rounded to cents, in any way.
        "0.0437, 0.04, USD, true",
        "0.0437, 0.05, USD, true",
        "0.0437, 0.0, USD, false",
        "0.0437, 0.06, USD, false",
        "0.0437, 0.0437, USD, true",
        "0.0437, 0.044, USD, true",
        "0.0437, 0.0436, USD, false",
        // Never by more than the smallest unit, however few digits are shown.
        "0.5, 1, USD, false",
        "0.995, 1, USD, true",
        "100.4, 100, JPY, true",
        "101, 100, JPY, false",
        "12.5, 13, CREDIT, true",
        "12.5, 12.6, CREDIT, false",
        // Binary noise.
        "0.3, 0.30000000000000004, USD, true",
        "0.3333333333333333333333333333333333, 0.333333, USD, true",
        "0, 0, USD, true",
        "-0.0437, -0.04, USD, true"
    })
    void shouldAllowForRoundingAndForNothingElse(BigDecimal estimate, BigDecimal amount, String asset, boolean same) {
        assertThat(FeeMatching.isSame(estimate, amount, asset)).isEqualTo(same);
    }

    @Test
    void shouldNotCallADifferenceCertainThatRoundingMayHaveMade() {
        Catalogue catalogue = catalogue(product("chat", INPUT));
        List<Subscribed> subscribed = List.of(subscribed("chat", Optional.empty(), BEFORE));
        JsonNode data = json("{\"input\": 10412}"); // 0.031236 USD

        assertThat(check(catalogue, subscribed, data, fees("0.06 USD")).excess())
                .describedAs("Credyt may round to cents")
                .isEmpty();
        assertThat(text(check(catalogue, subscribed, data, fees("0.062472 USD")).excess()))
                .describedAs("Credyt does not round to cents")
                .isEqualTo("USD=0.031236");
    }

    @Test
    void shouldJudgeByTheVersionThatCharged() {
        Catalogue catalogue = catalogue(twoVersions());
        JsonNode data = json("{\"input\": 10000}");

        assertThat(check(catalogue, List.of(subscribed("chat", Optional.empty(), BEFORE)), data, fees("0.03 USD v1"))
                        .kind())
                .describedAs("the default has changed since")
                .isEqualTo(Kind.AS_EXPECTED);
        assertThat(check(catalogue, List.of(subscribed("chat", Optional.of(2), AFTER)), data, fees("0.03 USD v1"))
                        .kind())
                .describedAs("the subscription began later")
                .isEqualTo(Kind.AS_EXPECTED);
        assertThat(check(catalogue, List.of(), data, fees("0.03 USD v1")).kind())
                .describedAs("the subscription has ended since")
                .isEqualTo(Kind.AS_EXPECTED);
        assertThat(check(catalogue, List.of(subscribed("chat", Optional.empty(), BEFORE)), data, fees("0.04 USD v1"))
                        .kind())
                .isEqualTo(Kind.FEES_DIFFER);
        assertThat(check(catalogue, List.of(subscribed("chat", Optional.empty(), BEFORE)), data, fees("0.07 USD"))
                        .kind())
                .describedAs("which version charged is not shown")
                .isEqualTo(Kind.UNJUDGED);
    }

    @Test
    void shouldFindThatAnotherVersionChargedThanTheSubscriptionNames() {
        FeeResult result = check(
                catalogue(twoVersions()),
                List.of(subscribed("chat", Optional.of(2), BEFORE)),
                json("{\"input\": 10000}"),
                fees("0.03 USD v1"));

        assertThat(result.kind()).isEqualTo(Kind.WRONG_VERSION);
        assertThat(result.differences()).containsExactly(new FeeDifference("fees[0].product_version", "2", "1"));
        assertThat(text(result.excess())).isEqualTo("USD=-0.03");
    }

    @Test
    void shouldFindThatTwoVersionsChargedOneEvent() {
        JsonNode data = json("{\"input\": 10000}");

        FeeResult known = check(
                catalogue(twoVersions()),
                List.of(subscribed("chat", Optional.of(2), BEFORE)),
                data,
                fees("0.03 USD v1, 0.06 USD v2"));
        FeeResult unknown = check(
                catalogue(twoVersions()),
                List.of(subscribed("chat", Optional.empty(), BEFORE)),
                data,
                fees("0.03 USD v1, 0.06 USD v2"));

        assertThat(known.kind()).isEqualTo(Kind.FEES_DOUBLE);
        assertThat(text(known.excess())).isEqualTo("USD=0.03");
        assertThat(unknown.kind()).isEqualTo(Kind.FEES_DOUBLE);
        assertThat(unknown.excess()).isEmpty();
    }

    @Test
    void shouldMissTheFeesOfAProductOnlyIfItHadToCharge() {
        Catalogue catalogue = catalogue(product("chat", INPUT), product("audit", OUTPUT));

        assertThat(missing(catalogue, "audit", Optional.empty(), BEFORE)).isEqualTo(Kind.FEES_MISSING);
        assertThat(missing(catalogue, "audit", Optional.of(1), BEFORE)).isEqualTo(Kind.FEES_MISSING);
        assertThat(missing(catalogue, "audit", Optional.empty(), AFTER)).isEqualTo(Kind.AS_EXPECTED);
        assertThat(missing(catalogue, "audit", Optional.empty(), Optional.empty()))
                .isEqualTo(Kind.AS_EXPECTED);
        assertThat(missing(
                        catalogue(
                                product("chat", INPUT),
                                json("{\"id\": \"prp_audit\", \"code\": \"audit\", \"versions\": [{\"version\": 2,"
                                        + " \"is_default\": true, \"prices\": [" + OUTPUT + "]}, {\"version\": 1,"
                                        + " \"prices\": []}]}")),
                        "audit",
                        Optional.empty(),
                        BEFORE))
                .describedAs("version 1, the default until then, has no such price")
                .isEqualTo(Kind.AS_EXPECTED);
    }

    private static Kind missing(
            Catalogue catalogue, String code, Optional<Integer> version, Optional<Instant> startedAt) {
        return check(
                        catalogue,
                        List.of(subscribed("chat", Optional.empty(), BEFORE), subscribed(code, version, startedAt)),
                        CHAT,
                        fees("0.03 USD v1 chat"))
                .kind();
    }

    @Test
    void shouldNameTheCauseWhyNothingWasCharged() {
        Catalogue catalogue = catalogue(product("chat", INPUT));
        List<Subscribed> subscribed = List.of(subscribed("chat", Optional.empty(), BEFORE));

        assertThat(check(catalogue, subscribed, json("{\"inputs\": 1}"), "[]").detail())
                .startsWith("VOLUME_MISSING, price p of product chat, version 1, counts data.input")
                .endsWith("it has data.inputs");
        assertThat(check(catalogue, subscribed, CHAT, "[]").detail())
                .isEqualTo("by its catalogue of now Credyt would charge 0.03 USD: the price or the subscription may"
                        + " have come later");
        assertThat(check(catalogue, List.of(), CHAT, "[]").detail()).startsWith("PRODUCT_NOT_SUBSCRIBED, ");
        assertThat(FeeCheck.check(
                                catalogue,
                                new CustomerReading.Unknown(),
                                new BilledEvent("chat", CHAT, ACCEPTED),
                                json("[]"))
                        .detail())
                .startsWith("CUSTOMER_UNKNOWN, ");
        assertThat(FeeCheck.check(
                        catalogue,
                        new CustomerReading.Unclear("HTTP 500"),
                        new BilledEvent("chat", CHAT, ACCEPTED),
                        json("[]")))
                .isEqualTo(FeeResult.without(
                        Kind.UNBILLED, "the cause is not known: Credyt says nothing about the customer: HTTP 500"));
        assertThat(check(catalogue, subscribed, json("{\"input\": 0}"), "[]").kind())
                .describedAs("nothing is to be charged")
                .isEqualTo(Kind.AS_EXPECTED);
    }

    @Test
    void shouldNotJudgeWhatAnUnknownPriceMayHaveCharged() {
        Catalogue catalogue = catalogue(product("chat", INPUT, OUTPUT.replace("\"volume\"", "\"tiered\"")));
        List<Subscribed> subscribed = List.of(subscribed("chat", Optional.empty(), BEFORE));

        assertThat(check(catalogue, subscribed, CHAT, fees("0.03 USD, 0.07 USD"))
                        .kind())
                .isEqualTo(Kind.UNJUDGED);
        assertThat(check(catalogue, subscribed, CHAT, fees("0.03 USD")).kind()).isEqualTo(Kind.AS_EXPECTED);
    }

    @Test
    void shouldNotJudgeAFeeThatSeveralProductsMayHaveCharged() {
        Catalogue catalogue = catalogue(product("chat", INPUT), product("audit", INPUT));
        List<Subscribed> both =
                List.of(subscribed("chat", Optional.empty(), BEFORE), subscribed("audit", Optional.empty(), BEFORE));

        assertThat(check(catalogue, both, CHAT, fees("0.03, 0.03")).kind()).isEqualTo(Kind.AS_EXPECTED);
        assertThat(check(catalogue, both, CHAT, fees("0.03")).detail())
                .isEqualTo("a fee does not name its product, and 2 products could have charged it");
    }

    private static FeeResult check(Catalogue catalogue, List<Subscribed> subscribed, JsonNode data, String fees) {
        return FeeCheck.check(
                catalogue,
                new CustomerReading.Subscribed(new Subscriptions(subscribed)),
                new BilledEvent("chat", data, ACCEPTED),
                json(fees));
    }

    /** {@code 0.03 USD v1 chat, 0.06}: amount, asset, version, product; all but the amount may be missing. */
    private static String fees(String text) {
        List<String> fees = new ArrayList<>();
        for (String fee : text.split(", ")) {
            StringBuilder json = new StringBuilder("{");
            for (String word : fee.strip().split(" ")) {
                json.append(json.length() > 1 ? "," : "");
                if (word.matches("-?[0-9.]+")) {
                    json.append("\"amount\": ").append(word);
                } else if (word.matches("[A-Z]{3}")) {
                    json.append("\"asset\": \"").append(word).append('"');
                } else if (word.matches("v[0-9]")) {
                    json.append("\"product_version\": ").append(word.substring(1));
                } else {
                    json.append(word.equals("?") ? "\"x\": 1" : "\"product_code\": \"" + word + '"');
                }
            }
            fees.add(json.append('}').toString());
        }
        return fees.toString();
    }

    private static String text(Optional<Map<String, BigDecimal>> excess) {
        return excess.map(amounts -> amounts.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(amount -> amount.getKey() + "="
                                + amount.getValue().stripTrailingZeros().toPlainString())
                        .collect(java.util.stream.Collectors.joining(" ")))
                .orElse(null);
    }

    private static JsonNode twoVersions() {
        return json("{\"id\": \"prp_chat\", \"code\": \"chat\", \"versions\": [{\"version\": 2, \"is_default\": true,"
                + " \"prices\": [" + volume("chat", "input", "6", "1000000") + "]}, {\"version\": 1, \"prices\": ["
                + INPUT + "]}]}");
    }

    private static Subscribed subscribed(String code, Optional<Integer> version, Optional<Instant> startedAt) {
        return new Subscribed(code, version, false, startedAt);
    }

    private static String volume(String eventType, String field, String rate, String packageSize) {
        return """
                {"name": "p", "type": "usage_based", "billing_model": {"type": "real_time"},
                 "usage_calculation": {"event_type": "%s", "usage_type": "volume", "volume_field": "%s"},
                 "pricing": [{"asset": "USD", "values": [{"volume_rate": %s, "package_size": %s}]}]}""".formatted(eventType, field, rate, packageSize);
    }

    private static JsonNode product(String code, String... prices) {
        return json("{\"id\": \"prp_" + code + "\", \"code\": \"" + code + "\", \"versions\": [{\"version\": 1,"
                + " \"prices\": [" + String.join(",", prices) + "]}]}");
    }

    private static Catalogue catalogue(JsonNode... products) {
        return new Catalogue(
                List.of(products).stream()
                        .map(product -> CatalogueReader.product(product).orElseThrow())
                        .toList(),
                List.of());
    }

    private static JsonNode json(String text) {
        try {
            return ParsedResponse.EXACT.readTree(text);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(text, malformed);
        }
    }
}
