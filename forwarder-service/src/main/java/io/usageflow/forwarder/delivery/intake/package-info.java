/**
 * From an assigned partition to events in memory: where reading starts, how much is read, and how a record becomes an
 * event. Which customers fail already is known before the first event is read.
 */
@NullMarked
package io.usageflow.forwarder.delivery.intake;

import org.jspecify.annotations.NullMarked;
