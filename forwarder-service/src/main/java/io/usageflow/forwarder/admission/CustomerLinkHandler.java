package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.check.RecordSize;
import io.usageflow.forwarder.admission.check.RerouteLimit;
import io.usageflow.forwarder.admission.check.ViolationReasons;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.counters.AdmissionMeters.LinkOutcome;
import io.usageflow.forwarder.admission.links.CustomerLinks;
import io.usageflow.forwarder.admission.parking.ParkedRelease;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import io.usageflow.schema.text.VisibleText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles added and removed customer links. The record's key is the account; a link in the wrong partition is rerouted,
 * like an event. Belongs to one task.
 *
 * <p>An unusable link is counted and logged, but it is not a dead letter and not in the ledger, since it is no event.
 * The previous link stays, and events keep waiting for a valid one.
 */
final class CustomerLinkHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CustomerLinkHandler.class);

    /** Longer than any account in UTF-8. */
    private static final int KEY_BYTES_MAX = 1024;

    /** Bound of a link with its key and headers, which has about a hundred bytes. */
    private static final int RECORD_BYTES_MAX = 64 * 1024;

    private final RecordDecoder<CustomerLink> decoder;
    private final AccountPartitioner home;
    private final CustomerLinks links;
    private final ParkedRelease release;
    private final AdmissionSinks sinks;
    private final AdmissionMeters meters;

    CustomerLinkHandler(
            RecordDecoder<CustomerLink> decoder,
            AccountPartitioner home,
            CustomerLinks links,
            ParkedRelease release,
            AdmissionSinks sinks,
            AdmissionMeters meters) {
        this.decoder = decoder;
        this.home = home;
        this.links = links;
        this.release = release;
        this.sinks = sinks;
        this.meters = meters;
    }

    void handle(Record<byte[], byte[]> record, RecordMetadata at) {
        if (record.key() == null) {
            refuse("(no key)", "a customer link needs its account as the record's key");
            return;
        }
        Optional<String> unusable = unusable(record);
        if (unusable.isPresent()) {
            refuse(shown(record.key()), unusable.get());
            return;
        }
        int homePartition = home.of(record.key());
        if (homePartition != at.partition()) {
            reroute(record, at, homePartition);
            return;
        }
        String account = new String(record.key(), UTF_8);
        if (record.value() == null) {
            links.unlink(account);
            meters.count(LinkOutcome.UNLINKED);
        } else if (!link(account, record.value())) {
            return;
        }
        release.customerLinkChanged(account);
    }

    /** Checked before a reroute, since a large key or header might not fit. */
    private static Optional<String> unusable(Record<byte[], byte[]> record) {
        byte[] key = record.key();
        if (RecordCutter.isCut(record.headers())
                || key.length > KEY_BYTES_MAX
                || RecordSize.of(key, record.value(), record.headers()) > RECORD_BYTES_MAX) {
            return Optional.of("the record is larger than " + RECORD_BYTES_MAX + " bytes, or its key is larger than "
                    + KEY_BYTES_MAX + "; no customer link needs that much");
        }
        return Arrays.equals(key, new String(key, UTF_8).getBytes(UTF_8))
                ? Optional.empty()
                : Optional.of("its key is not UTF-8");
    }

    private static String shown(byte[] key) {
        return new String(key, 0, Math.min(key.length, KEY_BYTES_MAX), UTF_8);
    }

    private void reroute(Record<byte[], byte[]> record, RecordMetadata at, int homePartition) {
        if (RerouteLimit.areExhausted(record.headers())) {
            refuse(new String(record.key(), UTF_8), RerouteLimit.exhausted(homePartition));
            return;
        }
        Headers headers = RerouteLimit.oneMore(record.headers(), at.partition(), at.offset());
        sinks.rerouteLink(record.key(), record.value(), headers, homePartition);
        meters.count(LinkOutcome.REROUTED);
    }

    private boolean link(String account, byte[] value) {
        return decoder.decode(value)
                .match(
                        link -> {
                            if (!link.getAccountId().equals(account)) {
                                refuse(account, "its value is for account " + link.getAccountId());
                                return false;
                            }
                            List<Violation> violations = LinkRules.violations(link);
                            if (!violations.isEmpty()) {
                                refuse(account, ViolationReasons.detail(violations));
                                return false;
                            }
                            links.link(account, link.getCustomer());
                            meters.count(LinkOutcome.LINKED);
                            return true;
                        },
                        bad -> {
                            refuse(account, bad.reason() + ": " + bad.detail());
                            return false;
                        });
    }

    private void refuse(String account, String why) {
        LOG.warn("event=customer_link_refused account={} why={}", VisibleText.logged(account), VisibleText.logged(why));
        meters.count(LinkOutcome.REFUSED);
    }
}
