package io.usageflow.sandbox.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An account, as {@code POST /accounts} made it. */
public record Account(
        String id,
        String name,
        @Nullable String externalId,
        @Nullable ObjectNode metadata,
        Instant createdAt) {}
