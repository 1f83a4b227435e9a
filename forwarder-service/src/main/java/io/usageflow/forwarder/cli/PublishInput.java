package io.usageflow.forwarder.cli;

import io.usageflow.forwarder.publish.CsvLines;
import io.usageflow.forwarder.publish.CsvMapping;
import io.usageflow.forwarder.publish.JsonLines;
import io.usageflow.forwarder.publish.LineIds;
import io.usageflow.forwarder.publish.LineSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Many events, from a file. */
final class PublishInput {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "JSON Lines or CSV; - is standard input.")
    private String file = "-";

    @Option(names = "--csv-mapping", paramLabel = "MAPPING", description = "The input is CSV with a header; see below.")
    private @Nullable String csvMapping;

    @Option(
            names = "--csv-zone",
            paramLabel = "ZONE",
            description = "Time zone of times without one, such as UTC or Europe/Berlin; they are refused otherwise.")
    private @Nullable ZoneId csvZone;

    @Option(
            names = "--id-from",
            paramLabel = "FIELD",
            split = ",",
            description = "Derive missing ids from these fields or columns; from the whole line by default.")
    private @Nullable List<String> idFrom;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "What missing ids are derived from beside the content; the file's name by default.")
    private @Nullable String source;

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
                            + " as another input. Must not exist yet, unless --resume goes on.")
    private @Nullable Path badLines;

    @Option(
            names = "--dry-run",
            description = "Check every line by all rules and publish nothing; needs neither Kafka nor registry.")
    private boolean dryRun;

    String file() {
        return file;
    }

    boolean isStandardInput() {
        return file.equals("-");
    }

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

    void check() {
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
                        .equals(Path.of(file).toAbsolutePath().normalize())) {
            throw new WrongUsageException("--bad-lines is the input itself: name another file");
        }
    }

    LineIds ids() {
        return new LineIds(sourceName(), idFrom == null ? List.of() : idFrom);
    }

    private String sourceName() {
        Path name = Path.of(file).getFileName();
        return source != null ? source : name == null ? file : name.toString();
    }

    /** What the ids and the meaning of the lines depend on: a run that goes on must have the same. */
    Map<String, String> identity() {
        return Map.of(
                "source",
                sourceName(),
                "id-from",
                idFrom == null ? "" : String.join(",", idFrom),
                "csv-mapping",
                csvMapping == null ? "" : csvMapping,
                "csv-zone",
                csvZone == null ? "" : csvZone.getId());
    }

    LineSource lines(InputStream in, LineIds ids) throws IOException {
        try {
            return csvMapping == null
                    ? new JsonLines(in, ids)
                    : new CsvLines(in, CsvMapping.parse(csvMapping, Optional.ofNullable(csvZone)), ids);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }
}
