package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.delivery.DeliveryPlan.Phase;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivery against Parallel Consumer and the naive consumer. The sides take turns within each round; the first round of a
 * phase is dropped.
 */
public final class DeliveryBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryBenchmark.class);

    private final DeliveryPlan plan;
    private final SideOptions options;

    public DeliveryBenchmark(DeliveryPlan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** Takes as long as the plan says. @throws IllegalStateException where a side fails or does not do its work */
    public DeliveryResults run() {
        LOG.info("starting broker, registry and sink");
        try (Ground ground = Ground.start();
                SinkProcess sink = SinkProcess.start(ground)) {
            Map<SideKind, DeliverySide> sides = new EnumMap<>(SideKind.class);
            try {
                Map<String, Map<SideKind, List<Turned>>> turned = new LinkedHashMap<>();
                int lane = 1;
                for (Phase phase : plan.phases()) {
                    LOG.info("phase {}", phase.name());
                    sink.think(phase.thinkMs());
                    for (SideKind kind : phase.sides()) {
                        sides.computeIfAbsent(kind, made -> DeliverySide.start(ground, sink, made, options))
                                .open(phase, lane++);
                    }
                    int dropped = turned.isEmpty() ? 1 + plan.warmUps() : 1;
                    turned.put(phase.name(), rounds(phase, sides, dropped));
                    phase.sides().forEach(kind -> side(sides, kind).finish());
                }
                return new DeliveryResults(plan, options, turned);
            } finally {
                sides.values().forEach(DeliverySide::close);
            }
        }
    }

    private Map<SideKind, List<Turned>> rounds(Phase phase, Map<SideKind, DeliverySide> sides, int dropped) {
        Map<SideKind, List<Turned>> kept = new EnumMap<>(SideKind.class);
        for (int round = 0; round < dropped + plan.rounds(); round++) {
            for (SideKind kind : phase.sides()) {
                Turned one = side(sides, kind).measure();
                if (round >= dropped) {
                    kept.computeIfAbsent(kind, none -> new ArrayList<>()).add(one);
                }
            }
        }
        return kept;
    }

    private static DeliverySide side(Map<SideKind, DeliverySide> sides, SideKind kind) {
        DeliverySide side = sides.get(kind);
        if (side == null) {
            throw new IllegalStateException("side " + kind.word() + " was not started");
        }
        return side;
    }
}
