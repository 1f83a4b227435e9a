/** What a forwarder needs beside Kafka: Credyt, the registry, a port, a disk, memory, a right clock. */
@NullMarked
package io.usageflow.forwarder.doctor.check;

import org.jspecify.annotations.NullMarked;
