package io.usageflow.cli.links;

import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.identity.CreationPlan;
import io.usageflow.forwarder.identity.CreationPlan.Action;
import io.usageflow.forwarder.identity.CreationPlan.Step;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.Identity;
import io.usageflow.forwarder.identity.IdentityCreation;
import io.usageflow.forwarder.identity.IdentityCreation.Made;
import io.usageflow.forwarder.links.LinkWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Makes the customers or vendors of a plan at Credyt and writes their links, one after the other. */
record LinksCreation(Terminal terminal) {

    static List<Row> planned(CreationPlan plan) {
        return plan.steps().stream()
                .map(step -> Row.of(
                        step,
                        switch (step.action()) {
                            case CREATE -> Result.WOULD_CREATE;
                            case LINK -> Result.WOULD_LINK;
                            case NONE -> Result.UNCHANGED;
                            case REFUSED -> Result.REFUSED;
                        },
                        step.known(),
                        Optional.empty(),
                        step.why()))
                .toList();
    }

    List<Row> apply(CreationPlan plan, Settings settings, CredytConnection connection) throws InterruptedException {
        List<Row> rows = new ArrayList<>();
        if (plan.count(Action.CREATE) + plan.count(Action.LINK) == 0) {
            return planned(plan);
        }
        var creation = new IdentityCreation(
                connection.http()::post,
                connection.lookup(),
                new ResponseExcerpt(connection.keys()::secrets),
                Clock.systemUTC(),
                terminal.stop()::await);
        var progress =
                new Progress(terminal, "of %,d done".formatted(plan.steps().size()));
        try (LinkWriter writer =
                LinkWriter.open(settings, plan.steps().get(0).identity().kind())) {
            for (Step step : plan.steps()) {
                Optional<Row> row = applied(step, creation, writer);
                if (row.isEmpty()) {
                    terminal.note("usageflow: stopped; run the command again for the rest");
                    plan.steps()
                            .subList(rows.size(), plan.steps().size())
                            .forEach(left -> rows.add(Row.of(
                                    left,
                                    Result.FAILED,
                                    left.known(),
                                    Optional.empty(),
                                    Optional.of("stopped before it"))));
                    return rows;
                }
                rows.add(row.get());
                progress.at(rows.size());
            }
        }
        return rows;
    }

    /** Empty if stopped before anything was changed. */
    private Optional<Row> applied(Step step, IdentityCreation creation, LinkWriter writer) throws InterruptedException {
        if (step.action() == Action.REFUSED || step.action() == Action.NONE) {
            Result result = step.action() == Action.NONE ? Result.UNCHANGED : Result.REFUSED;
            return Optional.of(Row.of(step, result, step.known(), Optional.empty(), step.why()));
        }
        Optional<Made> made = creation.make(step.identity());
        if (made.isEmpty()) {
            return Optional.empty();
        }
        Optional<Identity> identity = made.get().identity();
        if (identity.isEmpty()) {
            return Optional.of(Row.of(
                    step, Result.FAILED, identity, Optional.empty(), made.get().why()));
        }
        Result result = made.get().created() ? Result.CREATED : Result.LINKED;
        Optional<String> pays = made.get().paymentUrl();
        if (step.linked()) {
            return Optional.of(Row.of(step, result, identity, pays, Optional.empty()));
        }
        try {
            writer.put(step.identity().linkTo(identity.get(), Instant.now())).join();
            return Optional.of(Row.of(step, result, identity, pays, Optional.empty()));
        } catch (CompletionException notDurable) {
            return Optional.of(Row.of(
                    step,
                    Result.FAILED,
                    identity,
                    pays,
                    Optional.of("Credyt has it, but the link was not written: " + notDurable.getCause()
                            + "; run the command again")));
        }
    }

    /** What became of one row. */
    public enum Result {
        WOULD_CREATE,
        WOULD_LINK,
        UNCHANGED,
        CREATED,
        LINKED,
        REFUSED,
        FAILED;

        boolean isGood() {
            return this != REFUSED && this != FAILED;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * One account or vendor.
     *
     * @param name the account, or the vendor's name
     * @param id Credyt's
     * @param paymentUrl where the customer pays before its subscription is active
     * @param why it was refused or failed
     */
    public record Row(
            String name,
            String externalId,
            Result result,
            Optional<String> id,
            Optional<String> paymentUrl,
            Optional<String> why) {
        static Row of(
                Step step,
                Result result,
                Optional<Identity> identity,
                Optional<String> paymentUrl,
                Optional<String> why) {
            return new Row(
                    step.identity().linkName(),
                    step.identity().externalId(),
                    result,
                    identity.map(Identity::id),
                    paymentUrl,
                    why);
        }
    }
}
