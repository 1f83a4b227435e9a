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
     * A response, of which the head at least is complete.
     *
     * @param headers by lower-case name; the values of a repeated header with commas between them (RFC 9110, 5.3)
     * @param body as text, its content coding undone
     * @param incomplete whether the body is not all that was said: longer than the bound, broken off, or in a coding that is
     *     not understood. Such a body proves nothing, and least of all that it was empty
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
     * No complete response. Whether Credyt has the events is unknown: they are sent again with the same bytes.
     *
     * @param timeout whether time ran out, as against a refused or broken connection
     * @param detail for people; holds neither key nor body
     */
    record Failure(boolean timeout, String detail) implements Answer {}
}
