/**
 * A small client of schema registries that speak Confluent's REST API (Confluent Schema Registry, Redpanda, Karapace,
 * Apicurio's {@code /apis/ccompat/v7}).
 *
 * <p>{@link io.usageflow.schema.registry.SchemaRegistries#connect} reads
 * {@link io.usageflow.schema.registry.RegistrySettings} and wraps, from the outside in:
 * {@link io.usageflow.schema.registry.CachingSchemaRegistry} (ids and schemas never change, failures are never kept),
 * {@link io.usageflow.schema.registry.GuardedSchemaRegistry} (sets the compatibility of what it registers),
 * {@link io.usageflow.schema.registry.RetryingSchemaRegistry}, and
 * {@link io.usageflow.schema.registry.HttpSchemaRegistry} over {@link io.usageflow.schema.registry.RegistryHttp}.
 * {@link io.usageflow.schema.registry.InMemorySchemaRegistry} stands behind {@code mock://scope} addresses.
 */
@NullMarked
package io.usageflow.schema.registry;

import org.jspecify.annotations.NullMarked;
