/**
 * A stand-in for the Credyt API. The path of a request:
 *
 * <ol>
 *   <li>{@link io.usageflow.sandbox.http.SandboxServer} takes it from the socket on 127.0.0.1,
 *   <li>{@link io.usageflow.sandbox.http.Gate} lets it in or not: outage, size, API key, rate, fault,
 *   <li>a route of {@link io.usageflow.sandbox.api} reads it and asks the books,
 *   <li>{@link io.usageflow.sandbox.books.Books} holds the whole state under one lock,
 *   <li>for events: {@link io.usageflow.sandbox.event.EventReader}, {@link io.usageflow.sandbox.event.Intake},
 *       {@link io.usageflow.sandbox.pricing.Pricing}, {@link io.usageflow.sandbox.customer.Wallet},
 *   <li>{@link io.usageflow.sandbox.http.Wire} sends the answer, whole or spoilt by a {@link
 *       io.usageflow.sandbox.fault.Fault}.
 * </ol>
 *
 * {@link io.usageflow.sandbox.CredytSandbox} is the way in; {@link io.usageflow.sandbox.admin} the way to look behind.
 */
@NullMarked
package io.usageflow.sandbox;

import org.jspecify.annotations.NullMarked;
