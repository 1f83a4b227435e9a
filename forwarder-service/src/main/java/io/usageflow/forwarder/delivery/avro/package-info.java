/**
 * Avro read and written where it lies, without a record's objects: what delivery does with every event, some 50,000 times a
 * second. {@link io.usageflow.forwarder.delivery.avro.DeliverableLayout} finds the fields of a deliverable record,
 * {@link io.usageflow.forwarder.delivery.avro.EventTranscript} writes its event as JSON,
 * {@link io.usageflow.forwarder.delivery.avro.ReceiptBytes} its receipt.
 *
 * <p>All of it is a short cut past the generated classes, and gives byte for byte what they would. So it takes only what it
 * is certain of: values of exactly our own schemas, with text that JSON writes as it stands. Whatever is unusual, broken
 * bytes included, it leaves alone, and the generated classes and {@code EventJson} decide.
 */
@NullMarked
package io.usageflow.forwarder.delivery.avro;

import org.jspecify.annotations.NullMarked;
