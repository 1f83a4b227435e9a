/**
 * The registry that serializers use. {@link io.usageflow.schema.registry.client.SchemaRegistries#connect} reads the
 * settings and wraps, from the outside in: {@link io.usageflow.schema.registry.client.CachingSchemaRegistry}, {@link
 * io.usageflow.schema.registry.client.SchemaRegistries.GuardedSchemaRegistry}, {@link
 * io.usageflow.schema.registry.client.RetryingSchemaRegistry}, and {@link
 * io.usageflow.schema.registry.http.HttpSchemaRegistry}.
 */
@NullMarked
package io.usageflow.schema.registry.client;

import org.jspecify.annotations.NullMarked;
