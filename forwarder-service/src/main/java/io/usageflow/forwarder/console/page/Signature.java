package io.usageflow.forwarder.console.page;

import io.usageflow.forwarder.observe.WebPage.Submission;
import java.util.Optional;

/** Who changes something, and why: the name of the token, or what the form says where the port needs none. */
public record Signature(String who, String why) {
    static final String WHO = "who";
    static final String WHY = "why";

    public static Signature of(Submission sent) {
        return new Signature(
                sent.by().orElseGet(() -> Layout.parameter(sent.fields(), WHO)), Layout.parameter(sent.fields(), WHY));
    }

    /**
     * What is missing; empty if nothing is.
     *
     * @param kept where both are written
     */
    public Optional<String> problem(String kept) {
        return who.isEmpty() || why.isEmpty()
                ? Optional.of("Who or why is missing: both are written to " + kept + ".")
                : Optional.empty();
    }
}
