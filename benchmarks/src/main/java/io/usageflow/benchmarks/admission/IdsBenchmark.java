package io.usageflow.benchmarks.admission;

import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupResult;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.dedup.IndexedIdStore;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the store of ids costs by itself at different numbers of ids: six partitions in this process, filled by the
 * store's own writer, without Kafka. At each size, new ids are looked up and remembered, and known ones looked up.
 * Finally, the indexes are opened again, once as they are and once from the blocks alone.
 */
public final class IdsBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(IdsBenchmark.class);
    private static final int PARTITIONS = 6;
    /** Of one transaction in one partition. */
    private static final int TRANSACTION_IDS = 500;

    private static final long SLICE = 600_000;

    private final AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));
    private final Path folder;
    private final int heapIds;
    private final List<Partition> partitions = new ArrayList<>();

    private IdsBenchmark(Path folder, int heapIds) {
        this.folder = folder;
        this.heapIds = heapIds;
        IntStream.range(0, PARTITIONS).forEach(number -> partitions.add(new Partition(number)));
    }

    @Command(name = "ids", description = "The store of ids by itself: time, memory and disk at different sizes.")
    public static final class Cli extends BenchmarkCommand {
        @Option(
                names = "--ids",
                paramLabel = "N",
                split = ",",
                description = "Numbers of ids, ascending (default: 5000000, 50000000, 200000000: 12 GB of disk).")
        private List<Long> ids = List.of(5_000_000L, 50_000_000L, 200_000_000L);

        @Option(names = "--heap-ids", paramLabel = "N", description = "admission.dedup.heap.ids (default: 500000).")
        private int heapIds = 500_000;

        @Override
        protected Report measure(boolean quick) {
            Path folder;
            try {
                folder = Files.createTempDirectory("usageflow-ids");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try {
                return new IdsBenchmark(folder, quick ? 5_000 : heapIds)
                        .run(quick, quick ? List.of(100_000L, 400_000L) : ids);
            } finally {
                delete(folder);
            }
        }
    }

    /**
     * What one id took of this thread, in microseconds.
     *
     * @param micros by the clock
     * @param cpuMicros of the CPU
     * @param queuedMicros waiting for a core that others used
     * @param pageReads pages read from the disk for each thousand ids
     */
    private record Cost(double micros, double cpuMicros, double queuedMicros, double pageReads) {
        static Cost of(long ids, Runnable work) {
            CpuTimes.OfThread before = CpuTimes.OfThread.now();
            work.run();
            CpuTimes.OfThread used = CpuTimes.OfThread.now().since(before);
            return new Cost(
                    used.elapsed() / 1e3 / ids,
                    used.cpu() / 1e3 / ids,
                    used.queued() / 1e3 / ids,
                    used.pageReads() * 1e3 / ids);
        }
    }

    private record SizeView(
            long ids,
            Cost newId,
            Cost knownId,
            double storeBytesPerId,
            double indexBytesPerId,
            double indexHeapBytesPerId,
            long residentAnonymousMiB) {}

    private Report run(boolean quick, List<Long> sizes) {
        Report report = new Report("ids", quick);
        report.row(
                "ids",
                "new us",
                "new cpu us",
                "queued us",
                "pages/1000",
                "known us",
                "store B/id",
                "index B/id",
                "heap B/id",
                "anon MiB");
        List<SizeView> views = new ArrayList<>();
        measureNew(); // warms up
        views.add(view());
        for (long size : sizes) {
            while (count() < size) {
                partitions.forEach(each -> each.remember(10 * TRANSACTION_IDS));
            }
            LOG.info("event=filled ids={}", count());
            views.add(view());
        }
        views.forEach(view -> report.row(
                view.ids,
                view.newId.micros,
                view.newId.cpuMicros,
                view.newId.queuedMicros,
                view.newId.pageReads,
                view.knownId.micros,
                view.storeBytesPerId,
                view.indexBytesPerId,
                view.indexHeapBytesPerId,
                view.residentAnonymousMiB));
        report.put("sizes", views);
        partitions.forEach(Partition::close);
        report.figure("open_seconds", seconds(() -> partitions.forEach(Partition::open)));
        partitions.forEach(Partition::close);
        partitions.forEach(each -> delete(each.task.resolve("id-index")));
        report.figure("rebuild_seconds", seconds(() -> partitions.forEach(Partition::open)));
        partitions.forEach(Partition::close);
        return report;
    }

    private SizeView view() {
        Cost newId = measureNew();
        Cost known = Cost.of(SLICE / 10, () -> partitions.forEach(each -> each.lookUpKnown(SLICE / 10 / PARTITIONS)));
        long ids = count();
        return new SizeView(
                ids,
                newId,
                known,
                (double) partitions.stream()
                                .mapToLong(each -> bytes(each.records))
                                .sum()
                        / ids,
                (double) partitions.stream()
                                .mapToLong(each -> each.store.indexDiskBytes())
                                .sum()
                        / ids,
                (double) partitions.stream()
                                .mapToLong(each -> each.store.heapBytes())
                                .sum()
                        / ids,
                CpuTimes.statusBytes(ProcessHandle.current().pid(), "RssAnon") >> 20);
    }

    private Cost measureNew() {
        return Cost.of(SLICE, () -> {
            for (long done = 0; done < SLICE; done += (long) PARTITIONS * TRANSACTION_IDS) {
                partitions.forEach(each -> each.remember(TRANSACTION_IDS));
            }
        });
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private long count() {
        return partitions.stream().mapToLong(each -> each.store.count()).sum();
    }

    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Random ids: the harder case, since each may be in any segment. */
    private final class Partition {
        private final Path task;
        private final Path records;
        private final long seed;
        private IndexedIdStore indexed;
        private DedupStore store;
        private long remembered;

        Partition(int number) {
            this.task = folder.resolve("0_" + number);
            this.records = task.resolve("records");
            this.seed = 1_000_003L * number;
            try {
                Files.createDirectories(records);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            this.indexed = IndexedIdStore.of(new RocksRecords(records), task, IdIndex.Sizes.ofHeapIds(heapIds));
            this.store = new DedupStore(indexed.records(), indexed.openIndex(), guard, ids -> Long.MAX_VALUE);
        }

        void remember(long count) {
            for (long i = 0; i < count; i++) {
                UUID id = id(remembered);
                if (!(store.lookUp(id, 1) instanceof DedupResult.First)) {
                    throw new IllegalStateException("a new id was known");
                }
                store.remember(id, new DedupResult.FirstRecord(remembered, 1, InputSource.EVENTS, remembered), 1);
                remembered++;
                if (remembered % TRANSACTION_IDS == 0) {
                    store.write();
                }
            }
        }

        void lookUpKnown(long count) {
            SplittableRandom any = new SplittableRandom(remembered);
            for (long i = 0; i < count; i++) {
                if (!(store.lookUp(id(any.nextLong(remembered)), 1) instanceof DedupResult.Repeat)) {
                    throw new IllegalStateException("a known id was new");
                }
            }
        }

        void open() {
            indexed = IndexedIdStore.of(new RocksRecords(records), task, IdIndex.Sizes.ofHeapIds(heapIds));
            store = new DedupStore(indexed.records(), indexed.openIndex(), guard, ids -> Long.MAX_VALUE);
        }

        void close() {
            store.write();
            indexed.closeIndex();
            indexed.close();
        }

        private UUID id(long number) {
            SplittableRandom random = new SplittableRandom(seed + number * 0x9E37_79B9L);
            return new UUID((random.nextLong() & ~0xF000L) | 0x4000, random.nextLong());
        }
    }
}
