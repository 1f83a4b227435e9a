/**
 * A client for registries with Confluent's REST API (Confluent Schema Registry, Redpanda, Karapace, Apicurio's {@code
 * /apis/ccompat/v7}), with its settings: one request per call, without cache and retries.
 */
@NullMarked
package io.usageflow.schema.registry.http;

import org.jspecify.annotations.NullMarked;
