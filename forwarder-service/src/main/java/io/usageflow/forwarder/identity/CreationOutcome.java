package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.identity.CreationPlan.Action;
import io.usageflow.forwarder.identity.CreationPlan.Step;
import io.usageflow.forwarder.identity.IdentityCreation.Made;
import io.usageflow.forwarder.links.LinkWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What became, or would become, of one account or vendor that is to be made and linked. Immutable.
 *
 * @param name the account, or the vendor's name
 * @param id Credyt's
 * @param paymentUrl where the customer pays before its subscription is active
 * @param why it was refused or failed
 */
public record CreationOutcome(
        String name,
        String externalId,
        Result result,
        Optional<String> id,
        Optional<String> paymentUrl,
        Optional<String> why) {
    /** In the same word everywhere. */
    public enum Result {
        WOULD_CREATE,
        WOULD_LINK,
        UNCHANGED,
        CREATED,
        LINKED,
        REFUSED,
        FAILED;

        public boolean isGood() {
            return this != REFUSED && this != FAILED;
        }

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** What the step would do. */
    public static CreationOutcome planned(Step step) {
        Result result =
                switch (step.action()) {
                    case CREATE -> Result.WOULD_CREATE;
                    case LINK -> Result.WOULD_LINK;
                    case NONE -> Result.UNCHANGED;
                    case REFUSED -> Result.REFUSED;
                };
        return of(step, result, step.known(), Optional.empty(), step.why());
    }

    /** The step was not begun. */
    public static CreationOutcome stopped(Step step) {
        return of(step, Result.FAILED, step.known(), Optional.empty(), Optional.of("stopped before it"));
    }

    /**
     * Makes the customer or vendor unless Credyt has it, and links the account or vendor to it; empty if stopped before
     * anything was changed.
     *
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer,
     *     or refuses the key
     */
    public static Optional<CreationOutcome> applied(Step step, IdentityCreation creation, LinkWriter writer)
            throws InterruptedException {
        if (step.action() == Action.REFUSED || step.action() == Action.NONE) {
            return Optional.of(planned(step));
        }
        Optional<Made> made = creation.make(step.identity());
        return made.map(known -> known.identity()
                .map(identity -> linked(step, known, identity, writer))
                .orElseGet(() -> of(step, Result.FAILED, Optional.empty(), Optional.empty(), known.why())));
    }

    private static CreationOutcome linked(Step step, Made made, Identity identity, LinkWriter writer) {
        Result result = made.created() ? Result.CREATED : Result.LINKED;
        Optional<String> why = Optional.empty();
        if (!step.linked()) {
            try {
                writer.put(step.identity().linkTo(identity, Instant.now())).join();
            } catch (CompletionException notDurable) {
                result = Result.FAILED;
                why = Optional.of("Credyt has it, but the link was not written: " + notDurable.getCause()
                        + "; run the command again");
            }
        }
        return of(step, result, Optional.of(identity), made.paymentUrl(), why);
    }

    private static CreationOutcome of(
            Step step, Result result, Optional<Identity> identity, Optional<String> paymentUrl, Optional<String> why) {
        return new CreationOutcome(
                step.identity().linkName(),
                step.identity().externalId(),
                result,
                identity.map(Identity::id),
                paymentUrl,
                why);
    }
}
