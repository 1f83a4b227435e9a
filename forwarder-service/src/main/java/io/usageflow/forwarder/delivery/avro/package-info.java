/**
 * Reads and writes Avro's bytes without creating objects, because delivery does this for every event, about 50,000
 * times a second. {@link io.usageflow.forwarder.delivery.avro.DeliverableLayout} finds the fields of a deliverable
 * record, {@link io.usageflow.forwarder.delivery.avro.EventTranscript} writes its event as JSON, {@link
 * io.usageflow.forwarder.delivery.avro.ReceiptBytes} its receipt.
 *
 * <p>This is a fast path with the same results as the generated classes, byte for byte. It supports only values of
 * exactly our own schemas, with text that needs no escaping. All other bytes, including broken ones, are left to the
 * generated classes and {@code EventJson}.
 */
@NullMarked
package io.usageflow.forwarder.delivery.avro;

import org.jspecify.annotations.NullMarked;
