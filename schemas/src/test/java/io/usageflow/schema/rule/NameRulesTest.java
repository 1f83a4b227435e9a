package io.usageflow.schema.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names that people cannot tell apart. Every name of an event and of a link keeps the same rules: id, event type, account,
 * customer references, a cost's id and vendor, keys of data and metadata; currencies are a closed list.
 *
 * <table>
 * <caption>Siblings and what is decided</caption>
 * <tr><td>blank before or after (U+0020)</td><td>refused</td></tr>
 * <tr><td>other spaces anywhere: tab, line end, U+00A0, U+2003, U+3000</td><td>refused</td></tr>
 * <tr><td>C0 and C1 controls, U+2028</td><td>refused</td></tr>
 * <tr><td>zero-width, bidirectional, soft hyphen, byte order mark, tags (Cf)</td><td>refused</td></tr>
 * <tr><td>letters and symbols without a glyph: fillers, variation selectors, U+2800</td><td>refused</td></tr>
 * <tr><td>halves of surrogate pairs, unassigned, private use, U+FFFD</td><td>refused</td></tr>
 * <tr><td>decomposed letters (NFD)</td><td>refused, with NFC as the remedy</td></tr>
 * <tr><td>blanks inside, any script, emoji, upper and lower case</td><td>allowed, and told apart as they stand</td></tr>
 * <tr><td>letters of two scripts that look alike (Latin a, Cyrillic а)</td><td>allowed: no rule can know which one is meant</td></tr>
 * </table>
 */
class NameRulesTest {
    private static final List<String> BAD = List.of(
            " a",
            "a ",
            "\ta",
            "a\n",
            "a\u00a0",
            "a\u00a0b",
            "a\u2003b",
            "a\u3000b",
            "a\0b",
            "a\u0085b",
            "a\u009bb",
            "a\u2028b",
            "a\u200bb",
            "a\u200db",
            "a\u200eb",
            "a\u202eb",
            "a\u2066b",
            "a\u00adb",
            "\ufeffa",
            "a\uDB40\uDC41",
            "a\u034fb",
            "a\u3164b",
            "a\ufe0f",
            "a\u2800b",
            "a\uD83D",
            "a\u0378b",
            "a\uFFFFb",
            "a\uE000b",
            "a\uFFFDb",
            "cafe\u0301",
            "A\u030A",
            "\u212B");

    /** Where each name stands, and how it is set. */
    private static final Map<String, BiConsumer<UsageEvent, String>> OF_EVENTS = Map.of(
            "id",
            UsageEvent::setId,
            "event_type",
            UsageEvent::setEventType,
            "account_id",
            UsageEvent::setAccountId,
            "customer_id",
            UsageEvent::setCustomerId,
            "customer_external_id",
            UsageEvent::setCustomerExternalId,
            "data",
            (event, name) -> event.setData(Map.of(name, 1L)),
            "costs[0].id",
            (event, name) -> event.getCosts().get(0).setId(name),
            "costs[0].vendor",
            (event, name) -> event.getCosts().get(0).setVendor(name),
            "costs[0].metadata",
            (event, name) -> event.getCosts().get(0).setMetadata(Map.of(name, "v")),
            "costs[0].currency",
            (event, name) -> event.getCosts().get(0).setCurrency(name));

    private static final Map<String, Function<String, List<Violation>>> OF_LINKS = Map.of(
            "account_id",
            name -> LinkRules.violations(new CustomerLink(name, reference("c"), Instant.EPOCH)),
            "customer.value",
            name -> LinkRules.violations(new CustomerLink("a", reference(name), Instant.EPOCH)),
            "vendor",
            name -> LinkRules.violations(new VendorLink(name, reference("v"), Instant.EPOCH)),
            "reference.value",
            name -> LinkRules.violations(new VendorLink("v", reference(name), Instant.EPOCH)));

    static Stream<Arguments> bad() {
        return BAD.stream().map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void shouldRefuseWhatPeopleCannotTellFromAnotherName(String name) {
        OF_EVENTS.forEach((path, set) -> {
            UsageEvent event = event();
            set.accept(event, name);

            assertThat(EventRules.violations(event)).singleElement().satisfies(violation -> {
                assertThat(violation.path()).isEqualTo(path);
                assertThat(violation.message()).startsWith(path + " ").matches("[ -~]+");
            });
        });
        OF_LINKS.forEach((path, violations) -> assertThat(violations.apply(name))
                .singleElement()
                .extracting(Violation::path)
                .isEqualTo(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"acct 2", "acct  2", "kündin-7", "顧客-9", "😀", "А", "a", "A", "é", "नी", "각", "عميل"})
    void shouldTakeNamesOfAnyScript(String name) {
        OF_EVENTS.forEach((path, set) -> {
            if (!path.endsWith("currency")) {
                UsageEvent event = event();
                set.accept(event, name);

                assertThat(EventRules.violations(event)).as(path).isEmpty();
            }
        });
        OF_LINKS.values()
                .forEach(violations -> assertThat(violations.apply(name)).isEmpty());
    }

    @Test
    void shouldNameTheFaultAndTheRemedy() {
        assertThat(messageOf("acct_2 ")).isEqualTo("account_id ends with a blank: leave out the blanks around it");
        assertThat(messageOf("cafe\u0301"))
                .isEqualTo("account_id is not in Unicode's composed form (NFC), so that it looks like another text:"
                        + " normalize it to NFC");
        assertThat(messageOf("a\u202eb"))
                .isEqualTo("account_id has the character U+202E at position 1: use 1 to 256 printable characters");
    }

    /** Other texts may hold what emoji need, and data's values whatever JSON carries. */
    @Test
    void shouldLeaveOtherTextsAlone() {
        UsageEvent event = event();
        event.setSubject(" a chat \u2764\uFE0F ");
        event.setDescription(" family \uD83D\uDC68\u200D\uD83D\uDC69\n");
        event.setData(Map.of("k", " gpt-4 \u200b"));

        assertThat(EventRules.violations(event)).isEmpty();
    }

    @Test
    void shouldTakeOnlyAnAccountThatFitsIntoAHeaderAndAKey() {
        for (String good : List.of("acc_4zhwdkxhjhp5v6", "A-1.b", "x".repeat(128))) {
            assertThat(LinkRules.violations(new CustomerLink(
                            "a", new CredytReference(ReferenceKind.EXTERNAL_ID, "u", good), Instant.EPOCH)))
                    .as(good)
                    .isEmpty();
        }
        for (String bad : List.of("", "acc 1", "acc:1", "acc/1", "acc@1", "acc\r\nX: y", "\u00e4", "x".repeat(129))) {
            assertThat(LinkRules.violations(new CustomerLink(
                            "a", new CredytReference(ReferenceKind.EXTERNAL_ID, "u", bad), Instant.EPOCH)))
                    .as(bad)
                    .singleElement()
                    .satisfies(violation -> assertThat(violation.message()).contains("customer.credyt_account"));
        }
    }

    @Test
    void shouldNotLinkAVendorOfOneAccountForAll() {
        var reference = new CredytReference(ReferenceKind.CREDYT_ID, "vnd_1", "acc_1");

        assertThat(LinkRules.violations(new VendorLink("acc_1/openai", reference, Instant.EPOCH)))
                .isEmpty();
        assertThat(LinkRules.violations(new VendorLink("openai", reference, Instant.EPOCH)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.message()).contains("acc_1/VENDOR"));
    }

    private static String messageOf(String account) {
        UsageEvent event = event();
        event.setAccountId(account);
        return EventRules.firstViolation(event).orElseThrow().message();
    }

    private static CredytReference reference(String value) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, value, null);
    }

    private static UsageEvent event() {
        return UsageEvent.newBuilder()
                .setId("e1")
                .setEventType("t")
                .setOccurredAt(Instant.EPOCH)
                .setAccountId("a")
                .setData(Map.of())
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor("v")
                        .setAmount(BigDecimal.ONE)
                        .setCurrency("USD")
                        .setMetadata(Map.of())
                        .build()))
                .build();
    }
}
