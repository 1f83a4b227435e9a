package io.usageflow.forwarder.credyt;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What came back for one request: a response, or the reason why there is none. Sealed: a sink knows no third case. */
public sealed interface Answer {

    /** Empty where there is none. */
    default Optional<Response> response() {
        return Optional.empty();
    }

    /**
     * A complete response.
     *
     * @param headers by lower-case name; of a repeated header the first
     * @param body decoded as UTF-8 and cut at the sink's bound
     * @param truncated whether the body was longer than the bound
     */
    record Response(int status, Map<String, String> headers, String body, boolean truncated) implements Answer {
        public Response {
            headers = Map.copyOf(headers);
        }

        @Override
        public Optional<Response> response() {
            return Optional.of(this);
        }

        /** @param name in any case */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * No complete response. Whether Credyt has the events is unknown: they are sent again with the same bytes.
     *
     * @param timeout whether time ran out, as against a refused or broken connection
     * @param detail for people; holds neither key nor body
     */
    record Failure(boolean timeout, String detail) implements Answer {}
}
