/**
 * Searches Credyt's lists for events that nothing here sent. {@link
 * io.usageflow.forwarder.reconcile.unknown.UnknownEventSearch} reads the lists of the {@link
 * io.usageflow.forwarder.reconcile.unknown.ListedCustomers} that topics name, {@link
 * io.usageflow.forwarder.credyt.lookup.ListReader} reads one of them to its end, and {@link
 * io.usageflow.forwarder.reconcile.unknown.SearchRound} looks for the listed ids in the topics.
 */
@NullMarked
package io.usageflow.forwarder.reconcile.unknown;

import org.jspecify.annotations.NullMarked;
