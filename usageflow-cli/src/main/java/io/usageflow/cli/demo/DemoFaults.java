package io.usageflow.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.cli.demo.DemoTrace.TraceRow;
import io.usageflow.cli.demo.Script.Step;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.producer.Cost;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import io.usageflow.schema.id.CredytIds;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What goes wrong in practice, planted at fixed distances so that its effect can be told beforehand.
 *
 * @param requests of the trace, at least 1
 */
record DemoFaults(int requests) {
    static final String GHOST_ACCOUNT = "acct_ghost";
    private static final String UNLINKED_ACCOUNT = "acct_unlinked";
    private static final String UNREGISTERED_VENDOR = "vendor-without-contract";
    private static final int OF_EACH_KIND = 3;

    /** Every fiftieth event is sent again: a retry after a lost answer. */
    boolean repeats(int i) {
        return i % 50 == 25 % Math.max(1, requests);
    }

    /** Some repeats come at once, some much later. */
    int repeatDistance(int i) {
        return i % 100 < 50 ? 0 : i / 2;
    }

    /** Every five-hundredth id is sent again with other content: a bug that must be seen. */
    boolean contradicts(int i) {
        return i % 500 == 250 % Math.max(1, requests);
    }

    /** Every two-hundredth event comes from a producer that hashes otherwise. */
    boolean misplaces(int i) {
        return i % 200 == 111;
    }

    String idOf(TraceRow row) {
        return CredytIds.ofEvent("", DemoEvents.idOf(row)).toString();
    }

    /** Records that admission must refuse, by the reason it must give. */
    Map<DeadLetterReason, List<Step>> poison(Instant at) {
        Map<DeadLetterReason, List<Step>> poison = new LinkedHashMap<>();
        poison.put(
                DeadLetterReason.UNDECODABLE,
                List.of(
                        new Step.PublishBytes(UNLINKED_ACCOUNT, "{\"not\":\"avro\"}".getBytes(UTF_8)),
                        new Step.PublishBytes(UNLINKED_ACCOUNT, new byte[0])));
        poison.put(
                DeadLetterReason.UNKNOWN_SCHEMA,
                List.of(new Step.PublishBytes(
                        UNLINKED_ACCOUNT,
                        ByteBuffer.allocate(9).put((byte) 0).putInt(999_999_999).array())));
        poison.put(DeadLetterReason.INVALID_AMOUNT, unchecked(at, "-0.01", "USD"));
        poison.put(DeadLetterReason.INVALID_CURRENCY, unchecked(at, "0.01", "XYZ"));
        poison.put(
                DeadLetterReason.TOO_OLD,
                List.of(new Step.Publish(plain("too-old", 0, UNLINKED_ACCOUNT, at.minus(Duration.ofDays(60))))));
        poison.put(
                DeadLetterReason.IN_FUTURE,
                List.of(new Step.Publish(plain("in-future", 0, UNLINKED_ACCOUNT, at.plus(Duration.ofDays(2))))));
        return poison;
    }

    /** Events that look well until Credyt says that it has no such vendor. */
    List<UsageEvent> refusedByCredyt(Instant at, DemoAccount account) {
        return several("refused", account.id(), at)
                .map(event -> event.cost(Cost.of(UNREGISTERED_VENDOR, new BigDecimal("0.01"), "USD")))
                .toList();
    }

    /** Events of an account that is linked to a customer Credyt does not have. */
    List<UsageEvent> ofGhost(Instant at) {
        return several("ghost", GHOST_ACCOUNT, at).toList();
    }

    /** Events of an account whose link never arrives: they stay parked. */
    List<UsageEvent> neverLinked(Instant at) {
        return several("unlinked", UNLINKED_ACCOUNT, at).toList();
    }

    private static java.util.stream.Stream<UsageEvent> several(String what, String account, Instant at) {
        return IntStream.range(0, OF_EACH_KIND).mapToObj(i -> plain(what, i, account, at));
    }

    private static UsageEvent plain(String what, int i, String account, Instant at) {
        return UsageEvent.of(PriceList.CHAT)
                .id(EventId.derive("demo", what, Integer.toString(i)).toString())
                .account(account)
                .occurredAt(at)
                .data("model", "flash-2")
                .data("input_tokens", 1)
                .data("output_tokens", 1);
    }

    private static List<Step> unchecked(Instant at, String amount, String currency) {
        return IntStream.range(0, OF_EACH_KIND)
                .<Step>mapToObj(i -> new Step.PublishUnchecked(io.usageflow.schema.UsageEvent.newBuilder()
                        .setId(EventId.derive("demo", "unchecked", amount, currency, Integer.toString(i))
                                .toString())
                        .setEventType(PriceList.CHAT)
                        .setAccountId(UNLINKED_ACCOUNT)
                        .setOccurredAt(at)
                        .setData(Map.of())
                        .setCosts(List.of(io.usageflow.schema.Cost.newBuilder()
                                .setVendor("openai")
                                .setAmount(new BigDecimal(amount).setScale(18))
                                .setCurrency(currency)
                                .build()))
                        .build()))
                .toList();
    }
}
