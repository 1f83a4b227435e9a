/**
 * A stand-in for the Credyt API. The path of a request:
 *
 * <ol>
 *   <li>{@link io.usageflow.sandbox.http.SandboxServer} reads it from the socket on 127.0.0.1.
 *   <li>{@link io.usageflow.sandbox.http.Gate} checks it: outage, size, API key, rate, fault.
 *   <li>A route of {@link io.usageflow.sandbox.api} reads its fields.
 *   <li>{@link io.usageflow.sandbox.api.SandboxState} holds the whole state under one lock.
 *   <li>For events: {@link io.usageflow.sandbox.event.EventReader}, {@link io.usageflow.sandbox.event.EventIntake},
 *       {@link io.usageflow.sandbox.product.Pricing}, {@link io.usageflow.sandbox.event.EventStore}.
 *   <li>The response is sent, whole or spoilt by a {@link io.usageflow.sandbox.fault.Fault}.
 * </ol>
 *
 * {@link io.usageflow.sandbox.CredytSandbox} starts one. The routes under {@code /__sandbox} control it.
 */
@NullMarked
package io.usageflow.sandbox;

import org.jspecify.annotations.NullMarked;
