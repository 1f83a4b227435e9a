package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.topic.EventHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * How often a record was sent on to another partition, as its headers tell. One hop is enough where all count the same
 * partitions, and Streams refuses to run where they do not; the bound keeps a record with made-up headers from going
 * round for ever. Pure.
 */
public final class RerouteLimit {
    static final int MAX = 3;

    private RerouteLimit() {}

    public static boolean areExhausted(Headers headers) {
        int reroutes = 0;
        for (Header ignored : headers.headers(EventHeaders.REROUTED_FROM)) {
            reroutes++;
        }
        return reroutes >= MAX;
    }

    /** A copy with one hop more. */
    public static Headers oneMore(Headers headers, int partition, long offset) {
        return new RecordHeaders(headers.toArray())
                .add(EventHeaders.REROUTED_FROM, (partition + "@" + offset).getBytes(UTF_8));
    }

    /** Why the record is refused. */
    public static String exhausted(int home) {
        return "it was rerouted " + MAX + " times and still is not in partition " + home
                + " of its account: is header " + EventHeaders.REROUTED_FROM
                + " set by a producer, or do instances of admission see other partition counts?";
    }
}
