package io.usageflow.cli.operate;

import io.usageflow.cli.command.ExitCode;
import io.usageflow.cli.command.OperatorCommand;
import io.usageflow.cli.command.SettingsOptions;
import io.usageflow.cli.command.Terminal;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.config.TopicSettings;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.forwarder.topics.TopicFinding;
import io.usageflow.forwarder.topics.TopicPlan;
import io.usageflow.schema.text.CountText;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code usageflow topics plan|apply}. */
@Command(
        name = "topics",
        description = "Check the topics, or create missing ones.",
        synopsisSubcommandLabel = "plan|apply",
        footerHeading = "%nExamples:%n",
        footer = {"  usageflow topics plan", "  usageflow topics apply --partitions 24 --replication 3"})
public final class TopicsCommand {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

    public static CommandLine with(Terminal terminal) {
        return new CommandLine(new TopicsCommand())
                .addSubcommand(new Plan(terminal))
                .addSubcommand(new Apply(terminal));
    }

    @Command(
            name = "plan",
            description =
                    "Check each topic and its settings; changes nothing. Exit code 1 if a topic is not as it must be.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow topics plan --bootstrap-servers kafka:9092",
                "  usageflow topics plan --json | jq '.topics[] | select(.state != \"ready\")'"
            })
    static final class Plan extends OperatorCommand {
        Plan(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            Settings settings = settings();
            try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
                TopicPlan plan = admin.plan(settings, OptionalInt.empty());
                show(Document.of(plan), () -> plan.findings().forEach(finding -> terminal.say(line(finding))));
                return plan.obstacles().isEmpty() ? ExitCode.OK : ExitCode.PROBLEMS;
            }
        }
    }

    @Command(
            name = "apply",
            description =
                    "Create the topics that are missing. What exists is left alone, unless --alter asks to correct"
                            + " settings; partition counts never change.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  usageflow topics apply",
                "  usageflow topics apply --partitions 24 --replication 3",
                "  usageflow topics apply --alter"
            })
    static final class Apply implements Callable<Integer> {
        private final Terminal terminal;

        @Mixin
        private SettingsOptions options = new SettingsOptions();

        @Option(
                names = "--partitions",
                paramLabel = "N",
                description =
                        "Partitions of the topics that share the accounts' partitioning; choose with room to grow,"
                                + " they cannot be changed later. topics.partitions by default.")
        private @Nullable Integer partitions;

        @Option(
                names = "--replication",
                paramLabel = "N",
                description = "Replicas of each new topic. topics.replication by default.")
        private @Nullable Integer replication;

        @Option(names = "--alter", description = "Also correct settings of topics that exist.")
        private boolean alter;

        Apply(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            Settings settings = Settings.load(sources());
            OptionalInt asked = partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions);
            try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
                TopicPlan before = admin.plan(settings, asked);
                if (before.refused().isEmpty()) {
                    admin.create(before, settings.topics().replication());
                    before.missing()
                            .forEach(missing -> terminal.say("created   " + missing.topic() + " ("
                                    + CountText.of(missing.spec().partitions(), "partition") + ")"));
                    if (alter && !before.differing().isEmpty()) {
                        admin.alter(before);
                        before.differing()
                                .forEach(differs -> terminal.say("altered   " + differs.topic() + " "
                                        + differs.setting() + "=" + differs.wanted()));
                    }
                }
                return report(before, admin.plan(settings, asked));
            }
        }

        private ConfigSources sources() {
            ConfigSources sources = options.over(ConfigSources.none(), terminal.environment());
            if (partitions != null) {
                sources = sources.with(TopicSettings.PARTITIONS, partitions.toString(), "--partitions");
            }
            return replication == null
                    ? sources
                    : sources.with(TopicSettings.REPLICATION, replication.toString(), "--replication");
        }

        private int report(TopicPlan before, TopicPlan after) {
            after.findings().stream()
                    .filter(finding -> !(finding instanceof TopicFinding.Ready)
                            || before.missing().stream()
                                    .noneMatch(created -> created.topic().equals(finding.topic())))
                    .forEach(finding -> terminal.say(line(finding)));
            return after.obstacles().isEmpty() ? ExitCode.OK : ExitCode.PROBLEMS;
        }
    }

    private static String line(TopicFinding finding) {
        return finding.match(
                ready -> "ready     " + ready.topic() + " (" + CountText.of(ready.partitions(), "partition") + ")",
                missing -> "missing   " + missing.topic() + ": 'usageflow topics apply' creates it with "
                        + missing.spec().partitions() + " partitions",
                differs -> "differs   " + differs.topic() + " has " + differs.setting() + "=" + differs.actual()
                        + " instead of " + differs.wanted() + ", so that " + differs.why()
                        + ": 'usageflow topics apply --alter' sets it",
                refused -> "refused   " + refused.topic() + " " + refused.problem() + ": " + refused.remedy());
    }

    /** What {@code plan --json} shows. */
    public record Document(boolean ready, List<TopicFinding> topics) {
        public static Document of(TopicPlan plan) {
            return new Document(plan.obstacles().isEmpty(), plan.findings());
        }
    }
}
