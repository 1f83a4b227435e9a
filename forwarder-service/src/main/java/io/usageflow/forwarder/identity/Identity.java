package io.usageflow.forwarder.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.util.Optional;

/**
 * A customer or vendor as Credyt shows it. Immutable.
 *
 * @param id Credyt's own
 * @param externalId empty if it has none, or the answer does not show it
 */
public record Identity(String id, Optional<String> externalId) {
    /** @param shown has a text {@code id} */
    static Identity of(JsonNode shown) {
        return new Identity(
                shown.path("id").textValue(),
                Optional.ofNullable(shown.path("external_id").textValue()));
    }

    /** Whether the reference names it. */
    boolean isNamedBy(Reference reference) {
        return reference.kind() == ReferenceKind.CREDYT_ID
                ? reference.value().equals(id)
                : externalId.filter(reference.value()::equals).isPresent();
    }
}
