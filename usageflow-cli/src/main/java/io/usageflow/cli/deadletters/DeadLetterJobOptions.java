package io.usageflow.cli.deadletters;

import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.forwarder.replay.ReplayRequest.Canary;
import io.usageflow.forwarder.replay.ReplayRequest.Limits;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of replay and discard: plan or apply, rate, limit and audit. */
final class DeadLetterJobOptions {
    @Option(names = "--apply", description = "Do it. Without this the plan is shown and nothing is touched.")
    private boolean apply;

    @Option(names = "--why", paramLabel = "TEXT", description = "Why; written to each mark.")
    private String why = "";

    @Option(names = "--who", paramLabel = "NAME", description = "Who; written to each mark. Default: your login name.")
    private String who = System.getProperty("user.name", "");

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Dead letters a second at most, 1 to " + ReplayRequest.PER_SECOND_MAX + ". Default: "
                    + ReplayRequest.PER_SECOND + ".")
    private int rate = ReplayRequest.PER_SECOND;

    @Option(names = "--limit", paramLabel = "N", description = "Answer at most N. Default: all.")
    private @Nullable Long limit;

    @Option(
            names = "--job",
            paramLabel = "NAME",
            description = "The job's name in the marks; a new one by default. To continue a job that was run with"
                    + " --again, give its name.")
    private @Nullable String job;

    boolean apply() {
        return apply;
    }

    String why() {
        return why;
    }

    Limits pace(int canary, Duration canaryTimeout) {
        try {
            return new Limits(
                    rate,
                    limit == null ? OptionalLong.empty() : OptionalLong.of(limit),
                    new Canary(canary, canaryTimeout));
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException("--" + wrong.getMessage());
        }
    }

    Audit audit() {
        if (who.isBlank()) {
            throw new WrongUsageException("--who is empty: give the name that the marks are to hold");
        }
        return job == null || job.isBlank() ? Audit.of(who, why) : new Audit(who, why, job);
    }
}
