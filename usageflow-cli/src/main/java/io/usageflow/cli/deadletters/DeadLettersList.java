package io.usageflow.cli.deadletters;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.Table;
import io.usageflow.cli.command.Terminal;
import io.usageflow.cli.command.WrongUsageException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterDocument;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.schema.DeadLetter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow dead-letters list}: one pass over the topic, in bounded memory. */
@Command(
        name = "list",
        description = "List dead letters, the latest failures first. Exit code 1 if none match.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  usageflow dead-letters list",
            "  usageflow dead-letters list --reason REJECTED,CUSTOMER_UNKNOWN --since 2h",
            "  usageflow dead-letters list --account acct_42 --state any --limit 500",
            "  usageflow dead-letters list --json | jq -r .detail | sort | uniq -c"
        })
final class DeadLettersList extends OperatorCommand {
    private static final int LIMIT = 50;
    private static final int LIMIT_MAX = 10_000;

    @Mixin
    private DeadLetterFilterOptions filterOptions = new DeadLetterFilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "Show the latest N only, at most 10000. Default: 50; with --json all, in the order of the topic.")
    private @Nullable Integer limit;

    DeadLettersList(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        if (limit != null && (limit < 1 || limit > LIMIT_MAX)) {
            throw new WrongUsageException("--limit is " + limit + ": use 1 to " + LIMIT_MAX);
        }
        DeadLetterFilter filter = filterOptions.filter(Set.of(DeadLetterState.OPEN), Instant.now());
        Settings settings = settings();
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings)) {
            var scan = new DeadLetterScan(settings);
            return output.json() ? documents(scan, filter, marks) : table(scan, filter, marks);
        }
    }

    private int documents(DeadLetterScan scan, DeadLetterFilter filter, DeadLetterMarks marks) {
        DeadLetterScan.Summary summary;
        if (limit == null) {
            summary = scan.run(filter, marks, stored -> {
                output.line(terminal, DeadLetterDocument.brief(stored));
                return true;
            });
        } else {
            var latest = new Latest<ObjectNode>(limit, DeadLetterDocument::brief);
            summary = scan.run(filter, marks, latest);
            latest.newestFirst().forEach(node -> output.line(terminal, node));
        }
        return exitCode(filter, summary);
    }

    private int table(DeadLetterScan scan, DeadLetterFilter filter, DeadLetterMarks marks) {
        var latest = new Latest<Object[]>(limit == null ? LIMIT : limit, DeadLettersList::cells);
        Map<String, Long> byReason = new TreeMap<>();
        DeadLetterScan.Summary summary = scan.run(filter, marks, stored -> {
            byReason.merge(stored.letter().getReason(), 1L, Long::sum);
            return latest.visit(stored);
        });
        var table = new Table("LAST FAILED", "REASON", "ACCOUNT", "EVENT TYPE", "EVENT", "STATE", "DEAD LETTER");
        List<Object[]> rows = latest.newestFirst();
        rows.forEach(table::row);
        if (!table.isEmpty()) {
            table.print(terminal);
            terminal.say("");
            long all = byReason.values().stream().mapToLong(Long::longValue).sum();
            terminal.say(rows.size() < all ? "the latest " + rows.size() + " of " + all + ":" : all + " in all:");
            byReason.forEach((reason, count) -> terminal.say("  " + count + " " + reason));
        }
        return exitCode(filter, summary);
    }

    private int exitCode(DeadLetterFilter filter, DeadLetterScan.Summary summary) {
        DeadLettersCommand.noteUnreadable(terminal, summary);
        boolean some = filter.states().stream().anyMatch(state -> summary.matched(state) > 0);
        if (!some) {
            terminal.note("no dead letter matches: " + filter
                    + (summary.matchedInAll() == 0
                            ? ""
                            : "; " + summary.matchedInAll() + " do in another state, --state any shows them"));
        }
        return some && summary.unreadable() == 0 ? ExitCode.OK : ExitCode.PROBLEMS;
    }

    private static Object[] cells(StoredDeadLetter stored) {
        DeadLetter letter = stored.letter();
        return new Object[] {
            letter.getLastFailedAt().truncatedTo(ChronoUnit.SECONDS),
            letter.getReason(),
            stored.account().orElse(""),
            letter.getEventType(),
            letter.getEventId(),
            stored.state().name().toLowerCase(Locale.ROOT),
            letter.getId()
        };
    }

    /** Keeps what is shown of the latest failures, and no more. */
    private static final class Latest<R> implements DeadLetterScan.Visitor {
        private record Kept<R>(Instant at, R row) {}

        private final int max;
        private final Function<StoredDeadLetter, R> shown;
        private final PriorityQueue<Kept<R>> kept = new PriorityQueue<>(Comparator.comparing(Kept::at));

        Latest(int max, Function<StoredDeadLetter, R> shown) {
            this.max = max;
            this.shown = shown;
        }

        @Override
        public boolean visit(StoredDeadLetter stored) {
            Instant at = stored.letter().getLastFailedAt();
            Kept<R> oldest = kept.peek();
            if (kept.size() < max || oldest == null || at.isAfter(oldest.at())) {
                kept.add(new Kept<>(at, shown.apply(stored)));
                if (kept.size() > max) {
                    kept.remove();
                }
            }
            return true;
        }

        List<R> newestFirst() {
            List<Kept<R>> sorted = new ArrayList<>(kept);
            sorted.sort(Comparator.comparing((Kept<R> each) -> each.at()).reversed());
            return sorted.stream().map(Kept::row).toList();
        }
    }
}
