/**
 * Who waits for a link, of all instances together: {@link io.usageflow.forwarder.parked.ParkedClient} asks one instance's
 * admin port, {@link io.usageflow.forwarder.parked.ParkedOverview} puts the answers together and says which partitions
 * nobody answered for.
 */
@NullMarked
package io.usageflow.forwarder.parked;

import org.jspecify.annotations.NullMarked;
