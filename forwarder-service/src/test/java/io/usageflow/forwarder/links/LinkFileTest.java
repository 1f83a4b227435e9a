package io.usageflow.forwarder.links;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkFileTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @Test
    void shouldReadBothIdsOfCustomers() throws IOException {
        LinkFile file = read("""
                account,customer_id,customer_external_id
                acct_1,cust_1,

                acct_2,,"acme, inc"
                acct_1,cust_1,
                """);

        assertThat(file.kind()).isEqualTo(LinkKind.CUSTOMER);
        assertThat(file.bad()).isEmpty();
        assertThat(file.links())
                .containsOnly(
                        Map.entry("acct_1", row(2, LinkKind.CUSTOMER, "acct_1", ReferenceKind.CREDYT_ID, "cust_1")),
                        Map.entry(
                                "acct_2", row(4, LinkKind.CUSTOMER, "acct_2", ReferenceKind.EXTERNAL_ID, "acme, inc")));
    }

    @Test
    void shouldReadVendorsInAnyOrderOfColumns() throws IOException {
        LinkFile file = read("\uFEFFvendor_external_id , vendor\r\nopenai-billing,openai\r\n");

        assertThat(file.links())
                .containsOnly(Map.entry(
                        "openai", row(2, LinkKind.VENDOR, "openai", ReferenceKind.EXTERNAL_ID, "openai-billing")));
    }

    @Test
    void shouldReadTheConnectedAccount() throws IOException {
        LinkFile customers = read("account,customer_external_id,credyt_account\nshop_1,acme,acc_1\nshop_2,acme,\n");
        LinkFile vendors = read("credyt_account,vendor,vendor_id\nacc_1,openai,vnd_1\nacc_2,acc_2/openai,vnd_2\n");

        assertThat(customers.links().get("shop_1").link().reference())
                .isEqualTo(new Reference(ReferenceKind.EXTERNAL_ID, "acme", Optional.of("acc_1")));
        assertThat(customers.links().get("shop_2").link().reference())
                .isEqualTo(new Reference(ReferenceKind.EXTERNAL_ID, "acme"));
        assertThat(vendors.links()).containsOnlyKeys("acc_1/openai", "acc_2/openai");
        assertThat(read("account,customer_id,credyt_account\nshop_1,cust_1,acc 1\n")
                        .bad())
                .singleElement()
                .satisfies(bad -> assertThat(bad.problem()).contains("customer.credyt_account", "acc_..."));
        assertThatThrownBy(() -> read("account,credyt_account\n"))
                .hasMessageContaining("lacks customer_external_id or customer_id");
        assertThat(read("account,customer_id,customer_external_id,credyt_account\na,,,acc_1\n")
                        .bad())
                .singleElement()
                .satisfies(bad -> assertThat(bad.problem())
                        .contains("one of customer_id and customer_external_id, and one only"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "acct_1,cust_1,acme | must fill in one of customer_id and customer_external_id, and one only",
                "acct_1,,           | must fill in one of customer_id and customer_external_id, and one only",
                ",cust_1,           | account_id",
                "acct_1,cust_1      | has 2 values, but the header names 3 columns",
                "acct_1,\"cust_1,   | has a quote that is never closed: the one that opens in line 3",
                "acct_1,cu\"st_1,   | is not CSV: a quote stands where none may",
                "acct_1,\"c\"ust_1, | is not CSV: a quote stands where none may",
                "acct_1 ,cust_1,    | account_id ends with a blank: leave out the blanks around it",
                "acct_1, cust_1,    | customer.value begins with a blank",
                "good,cust_2,       | good is linked to cust_2 here and to cust_1 in line 2: keep one"
            })
    void shouldNameTheLineAndTheRemedy(String line, String problem) throws IOException {
        LinkFile file = read("account,customer_id,customer_external_id\ngood,cust_1,\n" + line + "\nlast,cust_9,\n");

        assertThat(file.links()).containsOnlyKeys("good", "last");
        assertThat(file.bad()).singleElement().satisfies(bad -> {
            assertThat(bad.line()).isEqualTo(3);
            assertThat(bad.problem()).contains(problem);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "account                  | lacks customer_external_id or customer_id",
                "customer_id              | the header is 'customer_id'",
                "account,customer         | has the unknown column 'customer': use account, customer_id,",
                "account,vendor_id        | has the unknown column 'vendor_id'",
                "account,customer_id,customer_id | has customer_id twice"
            })
    void shouldRefuseAnotherTable(String header, String problem) {
        assertThatThrownBy(() -> read(header + "\na,b\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    /** As for usage (PublishInputKindsTest): each row is a link or a bad row. */
    @Test
    void shouldLoseNoRow() throws IOException {
        assertThat(read("account,customer_id\na,1\rb,2\nc,3\n").links()).containsOnlyKeys("a", "b", "c");
        assertThat(read("account,customer_id\ra,1\rb,2\r").links()).containsOnlyKeys("a", "b");
        assertThat(read("account,customer_id\na,1\0\nb,2").bad())
                .singleElement()
                .satisfies(bad -> assertThat(bad.problem()).startsWith("holds a NUL character"));
        LinkFile open = read("account,customer_id\na,\"1\nb,2\nc,3\n");
        assertThat(open.links()).containsOnlyKeys("b", "c");
        assertThat(open.bad()).singleElement().satisfies(bad -> assertThat(bad.problem())
                .contains("the one that opens in line 2"));
        assertThatThrownBy(() -> LinkFile.read(
                        new ByteArrayInputStream(
                                "account,k\u00fcnde".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)),
                        NOW))
                .hasMessageContaining("the header is not UTF-8");
    }

    @Test
    void shouldRefuseAnEmptyFile() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("the file is empty: its first line must name");
    }

    @Test
    void shouldPlanOnlyWhatIsNewOrOther() throws IOException {
        LinkFile file = read("account,customer_external_id\nnew,a\nsame,b\nmoved,c\nother-kind,d\n");

        LinkPlan plan = LinkPlan.of(
                file,
                Map.of(
                        "same", new Reference(ReferenceKind.EXTERNAL_ID, "b"),
                        "moved", new Reference(ReferenceKind.EXTERNAL_ID, "z"),
                        "other-kind", new Reference(ReferenceKind.CREDYT_ID, "d")));

        assertThat(plan.added()).extracting(row -> row.link().name()).containsExactly("new");
        assertThat(plan.changed())
                .extracting(change -> change.row().link().name())
                .containsExactly("moved", "other-kind");
        assertThat(plan.unchanged()).isEqualTo(1);
        assertThat(plan.toWrite()).extracting(LinkFile.Row::line).containsExactly(2L, 4L, 5L);
    }

    @Test
    void shouldShowACommandThatCanBeCopied() {
        assertThat(LinkKind.CUSTOMER.putCommand("it's $HOME"))
                .isEqualTo("usageflow links put --account 'it'\\''s $HOME' --customer-external-id ID");
        assertThat(LinkKind.VENDOR.putCommand("openai"))
                .isEqualTo("usageflow links put --vendor openai --vendor-external-id ID");
    }

    private static LinkFile.Row row(long line, LinkKind kind, String name, ReferenceKind reference, String value) {
        return new LinkFile.Row(line, new Link(kind, name, new Reference(reference, value), NOW));
    }

    private static LinkFile read(String text) throws IOException {
        return LinkFile.read(new ByteArrayInputStream(text.getBytes(UTF_8)), NOW);
    }
}
