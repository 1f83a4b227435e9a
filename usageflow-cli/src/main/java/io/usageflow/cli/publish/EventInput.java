package io.usageflow.cli.publish;

import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.publish.input.InputBytes;
import io.usageflow.forwarder.publish.line.CsvLines;
import io.usageflow.forwarder.publish.line.CsvMapping;
import io.usageflow.forwarder.publish.line.JsonLines;
import io.usageflow.forwarder.publish.line.LineIds;
import io.usageflow.forwarder.publish.line.LineSource;
import io.usageflow.schema.rule.ExactDecimal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the events of a file are read. For one run. */
public class EventInput {
    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "JSON Lines or CSV in UTF-8, also compressed with gzip or zip; - is standard input.")
    private String file = "-";

    @Option(
            names = "--csv-mapping",
            paramLabel = "MAPPING",
            description = "The input is CSV with a header; the help of publish explains the mapping.")
    private @Nullable String csvMapping;

    @Option(
            names = "--csv-zone",
            paramLabel = "ZONE",
            description = "Time zone of times without one, such as UTC or Europe/Berlin; they are refused otherwise.")
    private @Nullable ZoneId csvZone;

    @Option(
            names = "--csv-null",
            paramLabel = "TEXT",
            description = "Cells with this text are empty, such as NULL; may be given several times.")
    private List<String> csvNulls = new ArrayList<>();

    @Option(
            names = "--round-amounts",
            paramLabel = "DIGITS",
            description =
                    "Round the amounts of costs half to even, to at most DIGITS digits after the point, 0 to 18, and"
                            + " report how many changed and by how much. Otherwise more than 18 digits are refused.")
    private @Nullable Integer roundAmounts;

    @Option(
            names = "--id-from",
            paramLabel = "FIELD",
            split = ",",
            description = "Derive missing ids from these fields or columns; from the whole line by default.")
    private @Nullable List<String> idFrom;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "What missing ids are derived from, together with the content; the file's name by default.")
    private @Nullable String source;

    public final String file() {
        return file;
    }

    public final boolean isStandardInput() {
        return file.equals("-");
    }

    /** Whether the input can be read more than once, which a pipe cannot. */
    final boolean isReadTwice() {
        return !isStandardInput() && Files.isRegularFile(Path.of(file));
    }

    /** Opens the file, or standard input. */
    public final InputStream open(Terminal terminal) throws IOException {
        return isStandardInput() ? terminal.in() : Files.newInputStream(Path.of(file));
    }

    public final InputBytes bytes(InputStream in) throws IOException {
        return InputBytes.of(in, isStandardInput() ? Optional.empty() : Optional.of(Path.of(file)));
    }

    /**
     * Checks the options.
     *
     * @throws WrongUsageException if they contradict each other
     */
    public void check() {
        if (roundAmounts != null && (roundAmounts < 0 || roundAmounts > ExactDecimal.SCALE)) {
            throw new WrongUsageException("--round-amounts is " + roundAmounts + ": use 0 to " + ExactDecimal.SCALE
                    + " digits after the point");
        }
        if (csvMapping == null && !csvNulls.isEmpty()) {
            throw new WrongUsageException("--csv-null is for CSV: add --csv-mapping, or leave it out");
        }
    }

    final boolean rounds() {
        return roundAmounts != null;
    }

    public final LineIds ids(InputBytes input) {
        return new LineIds(sourceName(input), idFrom == null ? List.of() : idFrom);
    }

    private String sourceName(InputBytes input) {
        return source != null ? source : input.name();
    }

    /** What the ids and the meaning of the lines depend on: a resumed run must have the same. */
    final Map<String, String> identity(InputBytes input) {
        return Map.of(
                "source",
                sourceName(input),
                "id-from",
                idFrom == null ? "" : String.join(",", idFrom),
                "csv-mapping",
                csvMapping == null ? "" : csvMapping,
                "csv-zone",
                csvZone == null ? "" : csvZone.getId(),
                "csv-null",
                String.join(",", csvNulls),
                "round-amounts",
                roundAmounts == null ? "" : roundAmounts.toString());
    }

    public final LineSource lines(InputBytes input, LineIds ids) throws IOException {
        OptionalInt rounding = roundAmounts == null ? OptionalInt.empty() : OptionalInt.of(roundAmounts);
        try {
            if (csvMapping != null) {
                var mapping = CsvMapping.parse(csvMapping, Optional.ofNullable(csvZone), csvNulls);
                return new CsvLines(input.text(), mapping, ids, rounding);
            }
            if (input.isJsonArray()) {
                throw new WrongUsageException("the input is a JSON array, and one event a line is expected: write each"
                        + " element into a line of its own, for example with jq -c '.[]' (jq 1.7 or later; older ones"
                        + " change long numbers)");
            }
            return new JsonLines(input.text(), ids, rounding);
        } catch (IllegalArgumentException wrong) {
            throw new WrongUsageException(wrong);
        }
    }
}
