package io.usageflow.cli.publish;

import io.usageflow.cli.command.WrongUsageException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Many events, from a file. */
final class PublishInput extends EventInput {
    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "Note there how far the backfill has come, and go on from there if it exists. Such a run ends"
                    + " at the first event that Kafka does not take.")
    private @Nullable Path resume;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Events per second at most, above 0; as fast as it goes by default.")
    private @Nullable Double rate;

    @Option(
            names = "--bad-lines",
            paramLabel = "FILE",
            description =
                    "Copy the bad lines there as they stand, under the CSV's header, to be corrected and published"
                            + " as another input. Must not exist yet, unless --resume continues a run.")
    private @Nullable Path badLines;

    @Option(
            names = "--dry-run",
            description = "Check every line by all rules and publish nothing; needs neither Kafka nor registry.")
    private boolean dryRun;

    boolean dryRun() {
        return dryRun;
    }

    Optional<Path> resume() {
        return Optional.ofNullable(resume);
    }

    Optional<Path> badLines() {
        return Optional.ofNullable(badLines);
    }

    Optional<Double> rate() {
        return Optional.ofNullable(rate);
    }

    @Override
    public void check() {
        super.check();
        if (rate != null && !(rate > 0 && rate <= 1_000_000_000)) {
            throw new WrongUsageException("--rate is " + rate + ": use a number of events per second above 0");
        }
        if (dryRun && resume != null) {
            throw new WrongUsageException("--dry-run publishes nothing, so it has no position: leave out --resume");
        }
        if (badLines != null
                && !isStandardInput()
                && badLines.toAbsolutePath()
                        .normalize()
                        .equals(Path.of(file()).toAbsolutePath().normalize())) {
            throw new WrongUsageException("--bad-lines is the input itself: name another file");
        }
    }
}
