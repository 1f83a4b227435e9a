package io.usageflow.benchmarks;

import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.stores.StoresBenchmark;
import io.usageflow.benchmarks.stores.StoresPlan;
import io.usageflow.benchmarks.stores.StoresResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code benchmarks/run stores}. */
@Command(
        name = "stores",
        mixinStandardHelpOptions = true,
        description = "Ways to remember ids beside each other: speed, CPU, disk, and the time to restore them.")
final class StoresCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--quick", description = "Small: shows that it works. Not to be judged by.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "STORE",
            split = ",",
            description =
                    "Some of them: copy, window-store, window-exact, kv-default, kv-tuned, kv-filtered, kv-memory,"
                            + " admission (default: all).")
    private List<String> only = List.of();

    @Mixin
    private ReportFile report = new ReportFile();

    @Mixin
    private SideChoices sides = new SideChoices();

    @Override
    public Integer call() throws IOException {
        report.requireWritable(spec);
        List<SideKind> kinds = only.isEmpty()
                ? SideKind.stores()
                : only.stream().map(this::kind).toList();
        StoresPlan plan = quick ? StoresPlan.quickly(kinds) : StoresPlan.full(kinds);
        StoresResults results = new StoresBenchmark(plan, sides.options()).run();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-14s %10s %8s %8s %10s%n", "store", "events/s", "us/event", "B/id", "restore s");
        results.stores().forEach(store -> {
            var json = store.json();
            out.printf(
                    "%-14s %10s %8s %8s %10s%n",
                    store.series().side(),
                    json.get("eventsPerSecond").asText(),
                    json.get("cpuMicrosPerEvent").asText(),
                    json.get("diskBytesPerId").asText(),
                    json.get("restoreSeconds").asText());
        });
        report.write(results.json(), out);
        return 0;
    }

    private SideKind kind(String word) {
        return SideKind.stores().stream()
                .filter(kind -> kind.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--only names " + word + ": there are "
                                + SideKind.stores().stream().map(SideKind::word).collect(Collectors.joining(", "))));
    }
}
