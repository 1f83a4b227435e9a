/**
 * The accounts of all instances whose events wait for a link: {@link io.usageflow.forwarder.parked.ParkedClient} asks
 * one instance's admin port, {@link io.usageflow.forwarder.parked.ParkedOverview} puts the answers together and says
 * which partitions no instance answered for.
 */
@NullMarked
package io.usageflow.forwarder.parked;

import org.jspecify.annotations.NullMarked;
