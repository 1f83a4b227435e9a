package io.usageflow.forwarder.observe;

import java.util.List;
import java.util.Map;

/** A page of the console on the admin server: read only, for browsers. Asked by any thread. */
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
     */
    Page answer(Map<String, List<String>> query);

    default String path() {
        return FOLDER + name();
    }

    /**
     * The answer to a request.
     *
     * @param type the content type
     */
    record Page(int status, String type, String text) {}
}
