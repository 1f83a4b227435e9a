package io.usageflow.forwarder.console.link;

import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.identity.NewIdentity;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.ShellWord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is to be linked, as the page's address has it; empty texts are not given. Immutable and pure. */
record LinkForm(
        LinkKind kind,
        String name,
        String externalId,
        String displayName,
        String email,
        String products,
        String credytAccount) {
    static LinkForm of(Map<String, List<String>> query) {
        return new LinkForm(
                text(query, "kind").equals(LinkKind.VENDOR.key()) ? LinkKind.VENDOR : LinkKind.CUSTOMER,
                text(query, "name"),
                text(query, "external-id"),
                text(query, "display-name"),
                text(query, "email"),
                text(query, "products"),
                text(query, "credyt-account"));
    }

    static String text(Map<String, List<String>> fields, String name) {
        return Layout.parameter(fields, name);
    }

    boolean isComplete() {
        return !name.isEmpty() && !externalId.isEmpty();
    }

    /** Names and values, for a query. */
    String[] query() {
        return new String[] {
            "kind",
            kind.key(),
            "name",
            name,
            "external-id",
            externalId,
            "display-name",
            displayName,
            "email",
            email,
            "products",
            products,
            "credyt-account",
            credytAccount
        };
    }

    NewIdentity identity() {
        return new NewIdentity(
                kind,
                name,
                given(credytAccount),
                externalId,
                displayName.isEmpty() ? externalId : displayName,
                given(email),
                products().isEmpty() ? List.of() : Arrays.asList(products.split("[\\s,]+")));
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    String command(boolean apply) {
        return "usageflow links create --" + kind.key() + " " + (name.isEmpty() ? "ID" : ShellWord.of(name))
                + ShellWord.option("--external-id", externalId.equals(name) ? "" : externalId)
                + ShellWord.option("--name", displayName)
                + ShellWord.option("--email", email)
                + identity().products().stream()
                        .map(product -> ShellWord.option("--product", product))
                        .collect(Collectors.joining())
                + ShellWord.option("--credyt-account", credytAccount)
                + (apply ? " --apply" : "");
    }
}
