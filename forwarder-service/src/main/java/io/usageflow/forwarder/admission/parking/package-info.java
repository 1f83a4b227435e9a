/**
 * Events that wait for a link: {@link io.usageflow.forwarder.admission.parking.ParkedEvents} stores them in order for
 * each account, {@link io.usageflow.forwarder.admission.parking.ParkedRelease} releases them when the link comes or
 * their time is over, and {@link io.usageflow.forwarder.admission.parking.ParkedPage} shows them on the admin port.
 */
@NullMarked
package io.usageflow.forwarder.admission.parking;

import org.jspecify.annotations.NullMarked;
