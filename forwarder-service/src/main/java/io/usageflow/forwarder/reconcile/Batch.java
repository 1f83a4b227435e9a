package io.usageflow.forwarder.reconcile;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Receipts that were read and are not judged yet, and findings of records that are no receipts. Not thread-safe. */
final class Batch {
    private final OwnRecords<Receipt> receipts;
    private final Predicate<Receipt> wanted;
    private final List<Subject> subjects = new ArrayList<>();
    private final List<Finding> unreadable = new ArrayList<>();

    Batch(OwnRecords<Receipt> receipts, Predicate<Receipt> wanted) {
        this.receipts = receipts;
        this.wanted = wanted;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        receipts.read(record, (bad, why) -> unreadable.add(finding(bad, why)))
                .filter(wanted)
                .ifPresent(receipt -> subjects.add(Subject.of(receipt, place(record))));
    }

    List<Subject> subjects() {
        return subjects;
    }

    List<Finding> unreadable() {
        return unreadable;
    }

    /** Of both, so that a flood of bad records does not fill the heap. */
    int size() {
        return subjects.size() + unreadable.size();
    }

    void clear() {
        subjects.clear();
        unreadable.clear();
    }

    /** Whose receipt it would be, nothing proves: its key is foreign too. */
    private static Finding finding(ConsumerRecord<byte[], byte[]> record, String why) {
        return new Finding(
                FindingKind.UNREADABLE,
                new Subject(
                        "",
                        "",
                        "",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, ""),
                        Optional.empty(),
                        Optional.empty(),
                        place(record),
                        Subject.Place.NONE),
                List.of(),
                record.topic() + " partition " + record.partition() + " offset " + record.offset() + ": " + why);
    }

    private static Subject.Place place(ConsumerRecord<byte[], byte[]> record) {
        return new Subject.Place(record.partition(), record.offset());
    }
}
