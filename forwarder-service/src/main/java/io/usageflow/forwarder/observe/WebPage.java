package io.usageflow.forwarder.observe;

import io.usageflow.forwarder.config.AdminToken.AdminRole;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A page of the console on the admin server, for browsers: read only unless it has {@link #changes}. By any thread. */
public interface WebPage {
    /** Folder of all web pages. Their links are relative, so that they work behind a proxy with a path of its own. */
    String FOLDER = "/console/";

    /** A name in {@link #FOLDER}, in lower case. */
    String name();

    /** Whether it needs no token, since it shows nothing of the pipeline. */
    default boolean open() {
        return false;
    }

    /** Whether it reads topics. Such pages have bounds of their own, so that they do not keep others waiting. */
    default boolean scans() {
        return false;
    }

    /**
     * Answers a request for the page.
     *
     * @param query parameters with all their values, decoded
     * @param role of who asks: a reader is shown no form that only an operator may send
     */
    Page answer(Map<String, List<String>> query, AdminRole role);

    /** What a form that is sent to the page by POST does; empty if the page is read only. Operators may send it. */
    default Optional<Function<Submission, Page>> changes() {
        return Optional.empty();
    }

    /**
     * A form that was sent.
     *
     * @param fields of the form and of the query, with all their values, decoded
     * @param by the name of the sender's token; empty where the admin port needs none
     */
    record Submission(Map<String, List<String>> fields, Optional<String> by) {}

    /**
     * The pages of a console.
     *
     * @param refusal the page that says why a request was refused, by status and sentence
     */
    record Pages(List<WebPage> all, BiFunction<Integer, String, Page> refusal) {
        /** Of a server without a console. */
        public static Pages none() {
            return new Pages(List.of(), (status, why) -> new Page(status, "text/plain", why));
        }
    }

    default String path() {
        return FOLDER + name();
    }

    /**
     * The answer to a request.
     *
     * @param type the content type
     */
    record Page(int status, String type, String text) {
        private static final int SEE_OTHER = 303;

        /**
         * Sends the browser to another page.
         *
         * @param page a name in {@link #FOLDER} with its query
         */
        public static Page goTo(String page) {
            return new Page(SEE_OTHER, "text/plain", page);
        }

        /** Whether the text is the page to go to. */
        public boolean goes() {
            return status == SEE_OTHER;
        }
    }
}
