package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.rule.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A customer or vendor to make at Credyt, and the name to link to it. Immutable.
 *
 * @param account the account, or the vendor's name in costs
 * @param credytAccount the connected account of a platform in which it is made; empty for that of the settings
 * @param externalId under which Credyt registers it
 * @param name for people
 * @param products of a customer's first subscription, each {@code CODE} or {@code CODE:VERSION}; empty for a vendor
 */
public record NewIdentity(
        LinkKind kind,
        String account,
        Optional<String> credytAccount,
        String externalId,
        String name,
        Optional<String> email,
        List<String> products) {
    private static final Pattern PRODUCT = Pattern.compile("[^:\\s]+(:(default|[1-9]\\d{0,8}))?");

    public NewIdentity {
        products = List.copyOf(products);
    }

    /** Returns what is wrong with it, in one sentence. */
    public Optional<String> problem() {
        List<Violation> violations = new Link(kind, linkName(), reference(), Instant.EPOCH).violations();
        if (!violations.isEmpty()) {
            return Optional.of(violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
        }
        if (kind == LinkKind.VENDOR && (email.isPresent() || !products.isEmpty())) {
            return Optional.of("a vendor has neither an email nor products");
        }
        return products.stream()
                .filter(product -> !PRODUCT.matcher(product).matches())
                .findFirst()
                .map(product -> "the product '" + product + "' is not CODE or CODE:VERSION");
    }

    /** The link to what Credyt has or made: by Credyt's own id, which stays if the external id changes. */
    public Link linkTo(Identity identity, Instant now) {
        return new Link(kind, linkName(), new Reference(ReferenceKind.CREDYT_ID, identity.id(), credytAccount), now);
    }

    /** The name that is linked: for a vendor in a connected account, that account's own. */
    public String linkName() {
        return kind.nameIn(credytAccount, account);
    }

    Reference reference() {
        return new Reference(ReferenceKind.EXTERNAL_ID, externalId, credytAccount);
    }
}
