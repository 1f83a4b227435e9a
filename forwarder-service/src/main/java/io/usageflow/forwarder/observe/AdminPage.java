package io.usageflow.forwarder.observe;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a stage's own on the admin server: JSON, without secrets, read only unless it has a {@link #command}.
 * Asked by any thread; an exception it throws is answered with status 500 and logged.
 */
public interface AdminPage {
    /** Where it is, such as {@code /admission/parked}. */
    String path();

    /** Whether it reads topics. Such pages have bounds of their own, so that they do not keep others waiting. */
    default boolean scans() {
        return false;
    }

    /**
     * Answers a request for the page.
     *
     * @param query parameters with all their values, decoded
     */
    Answer answer(Map<String, List<String>> query);

    /** What a POST to the page does, by the parameters of its query; empty if the page is read only. */
    default Optional<Function<Map<String, List<String>>, Answer>> command() {
        return Optional.empty();
    }

    /**
     * The answer to a request.
     *
     * @param status 200; 400 where the question is wrong, 503 where it cannot be answered now
     * @param body a document for {@link io.usageflow.forwarder.json.ReportJson}; a {@link Problem} where the status is
     *     not 200
     */
    record Answer(int status, Object body) {
        public static Answer ok(Object body) {
            return new Answer(200, body);
        }

        /**
         * Refuses a wrong question with 400.
         *
         * @param why one sentence with the remedy
         */
        public static Answer badQuestion(String why) {
            return error(400, why);
        }

        /**
         * Answers 503: the page is not available now.
         *
         * @param why one sentence for the operator
         */
        public static Answer notNow(String why) {
            return error(503, why);
        }

        private static Answer error(int status, String why) {
            return new Answer(status, new Problem(why));
        }
    }

    /** The body of an answer that is not 200. */
    record Problem(String error) {}
}
