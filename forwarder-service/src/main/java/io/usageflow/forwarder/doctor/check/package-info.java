/** What a forwarder needs besides Kafka: Credyt, the registry, a port, a disk, memory and a correct clock. */
@NullMarked
package io.usageflow.forwarder.doctor.check;

import org.jspecify.annotations.NullMarked;
