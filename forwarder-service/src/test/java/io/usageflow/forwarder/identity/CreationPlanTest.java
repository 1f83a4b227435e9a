package io.usageflow.forwarder.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.identity.CreationPlan.Action;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.schema.ReferenceKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would be made and linked, and the file that says it. */
class CreationPlanTest {
    private static final NewIdentity ACME = new NewIdentity(
            LinkKind.CUSTOMER, "acct_42", Optional.empty(), "acme", "Acme Inc", Optional.empty(), List.of());

    private static LookupResult atCredyt(String id) {
        return switch (id) {
            case "-" -> new LookupResult.Unknown();
            case "?" -> new LookupResult.Unclear("HTTP 400");
            default -> new LookupResult.Known(new Identity(id, Optional.empty()));
        };
    }

    private static Optional<Reference> link(String text) {
        return text.equals("-")
                ? Optional.empty()
                : Optional.of(new Reference(
                        text.startsWith("cust_") ? ReferenceKind.CREDYT_ID : ReferenceKind.EXTERNAL_ID, text));
    }

    @ParameterizedTest
    @CsvSource({
        "-, -, CREATE, false",
        "-, cust_1, LINK, false",
        "-, ?, REFUSED, false",
        // A link by the external id names it before and after it is made.
        "acme, -, CREATE, true",
        "acme, cust_1, NONE, true",
        "cust_1, cust_1, NONE, true",
        "other, -, REFUSED, false",
        "cust_2, -, REFUSED, false",
        "cust_2, cust_1, REFUSED, false",
    })
    void shouldChangeNoLink(String linked, String known, Action action, boolean isLinked) {
        CreationPlan.Step step = CreationPlan.step(ACME, link(linked), atCredyt(known));

        assertThat(step.action()).isEqualTo(action);
        assertThat(step.linked()).isEqualTo(isLinked);
        assertThat(step.why().isPresent()).isEqualTo(action == Action.REFUSED);
    }

    private static CreationFile read(String text) throws IOException {
        return CreationFile.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldReadAFileWithItsDefaults() throws IOException {
        CreationFile file = read("""
                account,external_id,name,email,products
                acct_42,acme,"Acme, Inc",ops@acme.example,assistant:2; images
                acct_43,,,,
                """);

        assertThat(file.bad()).isEmpty();
        assertThat(file.rows())
                .containsExactly(
                        new NewIdentity(
                                LinkKind.CUSTOMER,
                                "acct_42",
                                Optional.empty(),
                                "acme",
                                "Acme, Inc",
                                Optional.of("ops@acme.example"),
                                List.of("assistant:2", "images")),
                        new NewIdentity(
                                LinkKind.CUSTOMER,
                                "acct_43",
                                Optional.empty(),
                                "acct_43",
                                "acct_43",
                                Optional.empty(),
                                List.of()));
        assertThat(read("vendor\nopenai\n").rows())
                .containsExactly(new NewIdentity(
                        LinkKind.VENDOR, "openai", Optional.empty(), "openai", "openai", Optional.empty(), List.of()));
    }

    @Test
    void shouldNameTheBadLines() throws IOException {
        CreationFile file = read("""
                account,external_id,products
                acct_1,a,x:y
                "acct_2 ",b,
                acct_3,c
                acct_4,d,
                acct_4,e,
                """);

        assertThat(file.rows()).extracting(NewIdentity::account).containsExactly("acct_4");
        assertThat(file.bad()).extracting(bad -> bad.line()).containsExactly(2L, 3L, 4L, 6L);
        assertThat(file.bad().get(0).problem()).contains("'x:y' is not CODE or CODE:VERSION");
        assertThat(file.bad().get(3).problem()).contains("acct_4 is in line 5, too");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "name\nx\n", "account,vendor\na,b\n", "account,phone\na,b\n", "account,account\na,b\n"})
    void shouldRefuseATableOfAnotherKind(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("account or vendor");
    }
}
