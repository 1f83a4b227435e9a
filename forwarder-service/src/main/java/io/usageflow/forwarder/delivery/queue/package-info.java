/**
 * Events that wait to be sent, by customer: whose turn it is, which events form a batch, and how a batch is bisected until
 * the events that Credyt refuses stand alone.
 */
@NullMarked
package io.usageflow.forwarder.delivery.queue;

import org.jspecify.annotations.NullMarked;
