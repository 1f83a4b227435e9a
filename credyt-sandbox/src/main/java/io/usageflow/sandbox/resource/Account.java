package io.usageflow.sandbox.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An account, as {@code POST /accounts} made it and as the API shows it. */
public record Account(
        String id,
        String name,
        @Nullable String externalId,
        Instant createdAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ObjectNode metadata) {
    /** The account of the API key. */
    public static Account own(Instant now) {
        return new Account(Ids.next("acc_"), "Sandbox", null, now, null);
    }
}
