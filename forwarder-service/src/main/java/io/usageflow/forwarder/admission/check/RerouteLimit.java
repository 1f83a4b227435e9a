package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.topic.Topics.EventHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Bounds how often a record is rerouted, by its headers. One reroute is enough if all instances see the same number of
 * partitions; the bound ends a loop if they do not. Pure.
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

    /** A copy of the headers with one more reroute. */
    public static Headers oneMore(Headers headers, int partition, long offset) {
        return new RecordHeaders(headers.toArray())
                .add(EventHeaders.REROUTED_FROM, (partition + "@" + offset).getBytes(UTF_8));
    }

    /** The detail of a record that is refused for its reroutes. */
    public static String exhausted(int home) {
        return "it was rerouted " + MAX + " times and is still not in partition " + home
                + " of its account: check whether a producer sets header " + EventHeaders.REROUTED_FROM
                + ", or instances of admission see different partition counts";
    }
}
