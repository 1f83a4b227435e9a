package io.usageflow.forwarder.credyt;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The answer to one request: a response, or the reason why there is none. */
public sealed interface Answer {

    /** The response; empty if there is none. */
    default Optional<Response> response() {
        return Optional.empty();
    }

    /**
     * A response with a complete head.
     *
     * @param headers by lower-case name; the values of a repeated header are joined with commas (RFC 9110, 5.3)
     * @param body as text, without its content coding
     * @param incomplete whether the body is longer than the bound, was cut off, or has an unknown coding. Such a body
     *     proves nothing, and never counts as empty
     */
    record Response(int status, Map<String, String> headers, String body, boolean incomplete) implements Answer {
        public Response {
            headers = Map.copyOf(headers);
        }

        @Override
        public Optional<Response> response() {
            return Optional.of(this);
        }

        /**
         * Returns the first header of this name.
         *
         * @param name in any case
         */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * No complete response. It is unknown whether Credyt has the events.
     *
     * @param timeout whether the request timed out, and not the connection was refused or broken
     * @param detail for messages; contains neither key nor body
     */
    record Failure(boolean timeout, String detail) implements Answer {}
}
