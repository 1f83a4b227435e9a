package io.usageflow.forwarder.reconcile.receipts;

import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Receipts that are not checked yet, and findings about records that are no receipts. Not thread-safe. */
final class ReceiptBatch {
    private final OwnTopicDecoder<Receipt> receipts;
    private final Predicate<Receipt> wanted;
    private final List<EventRef> events = new ArrayList<>();
    private final List<ReconcileFinding> unreadable = new ArrayList<>();

    ReceiptBatch(OwnTopicDecoder<Receipt> receipts, Predicate<Receipt> wanted) {
        this.receipts = receipts;
        this.wanted = wanted;
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        receipts.read(record, (bad, why) -> unreadable.add(finding(bad, why)))
                .filter(wanted)
                .ifPresent(receipt -> events.add(EventRef.of(receipt, place(record))));
    }

    List<EventRef> events() {
        return events;
    }

    List<ReconcileFinding> unreadable() {
        return unreadable;
    }

    /** The size of both lists, so that a flood of bad records does not fill the heap. */
    int size() {
        return events.size() + unreadable.size();
    }

    void clear() {
        events.clear();
        unreadable.clear();
    }

    /** Names no event, because the key is not trusted either. */
    private static ReconcileFinding finding(ConsumerRecord<byte[], byte[]> record, String why) {
        return new ReconcileFinding(
                Kind.UNREADABLE,
                new EventRef(
                        "",
                        "",
                        "",
                        new CredytReference(ReferenceKind.EXTERNAL_ID, "", null),
                        Optional.empty(),
                        Optional.empty(),
                        place(record),
                        EventRef.Position.NONE),
                List.of(),
                record.topic() + " partition " + record.partition() + " offset " + record.offset() + ": " + why);
    }

    private static EventRef.Position place(ConsumerRecord<byte[], byte[]> record) {
        return new EventRef.Position(record.partition(), record.offset());
    }
}
