package io.usageflow.sandbox.http;

import org.jspecify.annotations.Nullable;

/** The decoded query of a request. */
public interface Query {
    /** The first value; null where the parameter is absent. */
    @Nullable
    String get(String name);
}
