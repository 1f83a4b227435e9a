package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.process.ChildProcess;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sides in turns, round by round, each in a process of its own; the first round is dropped. */
public final class ProducerBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerBenchmark.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProducerPlan plan;
    private final List<String> jvm;

    /** @param jvm options of the sides' JVMs */
    public ProducerBenchmark(ProducerPlan plan, List<String> jvm) {
        this.plan = plan;
        this.jvm = List.copyOf(jvm);
    }

    /** A side that runs. */
    private record Opened(ProducerSide side, Map<String, String> settings, ChildProcess process) {}

    /** @throws IllegalStateException where a side fails, or an event of it does not become durable */
    public ProducerResults run() {
        List<Opened> sides = new ArrayList<>();
        try (Ground ground = Ground.start()) {
            try {
                for (ProducerSide side : plan.sides()) {
                    sides.add(open(ground, side));
                }
                Rounds rounds = measure(ground, sides);
                Map<ProducerSide, Map<String, String>> settings = new EnumMap<>(ProducerSide.class);
                sides.forEach(side -> settings.put(side.side, side.settings));
                return new ProducerResults(plan, jvm, settings, rounds, callCosts(sides));
            } finally {
                sides.forEach(side -> side.process.close());
            }
        }
    }

    private Opened open(Ground ground, ProducerSide side) {
        Map<String, String> settings = ProducerSettings.of(side, ground.bootstrapServers(), ground.registrySettings());
        if (side == ProducerSide.SPOOL) {
            settings.put("spool.dir", ground.directory().resolve("spool").toString());
        }
        Topics topics = new Topics(ProducerSettings.prefix(side));
        TopicCreation.create(ground.admin(), topics.specs(Ground.PARTITIONS, Duration.ofDays(1)));
        ChildProcess process = ChildProcess.start(
                side.word(),
                ProducerMain.class,
                List.of(),
                jvm,
                ground.directory().resolve(side.word() + ".log"));
        ground.count(process.pid());
        try {
            process.ask("open " + side.name() + " " + JSON.writeValueAsString(settings));
            return new Opened(side, settings, process);
        } catch (JsonProcessingException | RuntimeException e) {
            process.close();
            throw new IllegalStateException("cannot open " + side.word() + ": " + e.getMessage(), e);
        }
    }

    private Rounds measure(Ground ground, List<Opened> sides) {
        Rounds rounds = new Rounds();
        for (int round = 0; round <= plan.rounds(); round++) {
            CpuTimes cpu = ground.cpuTimes(ProcessHandle.current().pid());
            CpuTimes.Reading before = cpu.read();
            long begun = System.nanoTime();
            for (Opened side : sides) {
                for (Phase phase : Phase.values()) {
                    Run run = read(side.process, phase.order(plan));
                    if (round > 0) {
                        rounds.add(side.side, phase, run);
                    }
                }
            }
            CpuTimes.Reading after = cpu.read();
            double others = (after.machine() - before.machine() - (after.ours() - before.ours()))
                    / (double) (System.nanoTime() - begun);
            if (round > 0) {
                rounds.others().add(others);
            }
            LOG.info("round {} of {}", round, plan.rounds());
        }
        return rounds;
    }

    private static Run read(ChildProcess process, String order) {
        String answer = process.ask(order);
        try {
            return JSON.readValue(answer, Run.class);
        } catch (JsonProcessingException e) {
            throw process.failed("answered " + answer);
        }
    }

    /** Of the raw client and of the publisher, in this order. */
    private List<CallCost.Found> callCosts(List<Opened> sides) {
        List<CallCost.Found> found = new ArrayList<>();
        for (Opened side : sides) {
            if (side.side != ProducerSide.SPOOL) {
                LOG.info("JMH: {}", side.side.word());
                found.add(CallCost.measure(side.side, side.settings, plan.jmhIterations()));
            }
        }
        return found;
    }
}
