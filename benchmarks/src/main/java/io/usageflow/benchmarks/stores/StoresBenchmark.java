package io.usageflow.benchmarks.stores;

import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.Measured;
import io.usageflow.benchmarks.ground.Side;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Series;
import io.usageflow.benchmarks.side.SideKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All ways to remember ids in turns; the first round is dropped. */
public final class StoresBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(StoresBenchmark.class);

    private final StoresPlan plan;
    private final SideOptions options;

    public StoresBenchmark(StoresPlan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** @throws IllegalStateException where a side fails or does not do its work */
    public StoresResults run() {
        List<Side> sides = new ArrayList<>();
        try (Ground ground = Ground.start()) {
            try {
                for (SideKind kind : plan.kinds()) {
                    Side side = Side.start(ground, kind.word(), kind, options);
                    sides.add(side);
                    LOG.info("giving {} {} ids", side.name(), plan.ids());
                    side.feedUpTo(plan.ids());
                }
                return measure(sides);
            } finally {
                sides.forEach(Side::close);
            }
        }
    }

    private StoresResults measure(List<Side> sides) {
        List<List<Measured>> measured = new ArrayList<>();
        sides.forEach(side -> measured.add(new ArrayList<>()));
        for (int round = 0; round <= plan.rounds(); round++) {
            for (int i = 0; i < sides.size(); i++) {
                Measured one = sides.get(i).measure(plan.slice());
                if (round > 0) {
                    measured.get(i).add(one);
                }
            }
        }
        List<StoresResults.Store> stores = new ArrayList<>();
        for (int i = 0; i < sides.size(); i++) {
            stores.add(restarted(sides.get(i), measured.get(i)));
        }
        return new StoresResults(plan, options, stores);
    }

    private StoresResults.Store restarted(Side side, List<Measured> rounds) {
        side.requireExact();
        Side.Memory memory = side.memory();
        long ids = side.ids();
        Duration restart = side.restart(true);
        // Looked at after the restart: what was only in memory has been written by the stop.
        long bytes = side.stateBytes();
        Duration restore = side.restart(false);
        LOG.info("{}: {} bytes, restart {}, restore {}", side.name(), bytes, restart, restore);
        return new StoresResults.Store(
                new Series(side.name(), side.kind().word(), rounds), memory, ids, bytes, restart, restore);
    }
}
