package io.usageflow.cli.links;

import io.usageflow.cli.command.Progress;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.identity.CreationOutcome;
import io.usageflow.forwarder.identity.CreationPlan;
import io.usageflow.forwarder.identity.CreationPlan.Action;
import io.usageflow.forwarder.identity.CreationPlan.Step;
import io.usageflow.forwarder.identity.CredytConnection;
import io.usageflow.forwarder.identity.IdentityCreation;
import io.usageflow.forwarder.links.LinkWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the customers or vendors of a plan at Credyt and writes their links, one after the other. */
record LinksCreation(Terminal terminal) {

    static List<CreationOutcome> planned(CreationPlan plan) {
        return plan.steps().stream().map(CreationOutcome::planned).toList();
    }

    List<CreationOutcome> apply(CreationPlan plan, Settings settings, CredytConnection connection)
            throws InterruptedException {
        List<CreationOutcome> rows = new ArrayList<>();
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
                Optional<CreationOutcome> row = CreationOutcome.applied(step, creation, writer);
                if (row.isEmpty()) {
                    terminal.note("usageflow: stopped; run the command again for the rest");
                    plan.steps()
                            .subList(rows.size(), plan.steps().size())
                            .forEach(left -> rows.add(CreationOutcome.stopped(left)));
                    return rows;
                }
                rows.add(row.get());
                progress.at(rows.size());
            }
        }
        return rows;
    }
}
