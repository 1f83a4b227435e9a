package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.Events;
import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** However the same content is written, it has one fingerprint; other content has another. */
class FingerprintProperties {
    private final Fingerprint fingerprint = new Fingerprint();

    @Property(tries = 500)
    void shouldSurviveEveryHonestRewriting(@ForAll("events") UsageEvent event, @ForAll Random random) {
        UsageEvent rewritten = Events.event(event.getId(), event.getAccountId());
        rewritten.setData(rewritten(event.getData(), random));
        rewritten.setCosts(rewritten(event.getCosts(), random));

        assertThat(fingerprint.of(rewritten)).isEqualTo(fingerprint.of(event));
    }

    @Property(tries = 500)
    void shouldDifferWhereContentDiffers(@ForAll("events") UsageEvent one, @ForAll("events") UsageEvent other) {
        boolean same = plain(one).equals(plain(other));

        assertThat(fingerprint.of(one) == fingerprint.of(other)).isEqualTo(same);
    }

    @Provide
    Arbitrary<UsageEvent> events() {
        Arbitrary<String> names = Arbitraries.of("a", "b", "ab", "{", "");
        Arbitrary<Object> values = Arbitraries.oneOf(
                Arbitraries.longs().between(-20, 20).map(Object.class::cast),
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.of(true, false).map(Object.class::cast),
                Arbitraries.strings().ofMaxLength(3).map(Object.class::cast),
                Arbitraries.bigDecimals().ofScale(3).map(Object.class::cast));
        Arbitrary<Cost> costs = Combinators.combine(
                        names,
                        Arbitraries.bigDecimals()
                                .between(BigDecimal.ZERO, BigDecimal.TEN)
                                .ofScale(2))
                .as((vendor, amount) -> new Cost(null, vendor, null, amount, "USD", new HashMap<>()));
        return Combinators.combine(
                        Arbitraries.maps(names, values).ofMaxSize(3),
                        costs.list().ofMaxSize(3),
                        names)
                .as((data, list, account) -> {
                    UsageEvent event = Events.event("req-1", account);
                    event.setData(new HashMap<>(data));
                    event.setCosts(new ArrayList<>(list));
                    return event;
                });
    }

    private static Map<String, Object> rewritten(Map<String, Object> data, Random random) {
        List<Map.Entry<String, Object>> entries = new ArrayList<>(data.entrySet());
        Collections.shuffle(entries, random);
        Map<String, Object> rewritten = new LinkedHashMap<>();
        entries.forEach(entry -> rewritten.put(entry.getKey(), rewritten(entry.getValue(), random)));
        rewritten.put("nothing", null);
        return rewritten;
    }

    private static Object rewritten(Object value, Random random) {
        if (value instanceof Long || value instanceof BigDecimal) {
            BigDecimal number = new BigDecimal(value.toString());
            BigDecimal scaled = number.setScale(number.scale() + random.nextInt(4));
            return random.nextBoolean() ? scaled : new JsonValue(scaled.toString());
        }
        return value;
    }

    private static List<Cost> rewritten(List<Cost> costs, Random random) {
        List<Cost> rewritten = new ArrayList<>();
        costs.forEach(cost -> rewritten.add(
                new Cost("new", cost.getVendor(), "anew", cost.getAmount().setScale(5), cost.getCurrency(), Map.of())));
        Collections.shuffle(rewritten, random);
        return rewritten;
    }

    /** The same content as plain values, written independently of the form under test. */
    private static List<Object> plain(UsageEvent event) {
        Map<String, Object> data = new HashMap<>();
        event.getData().forEach((key, value) -> data.put(key, plain(value)));
        List<String> costs = new ArrayList<>();
        event.getCosts()
                .forEach(cost -> costs.add(cost.getVendor() + " "
                        + cost.getAmount().stripTrailingZeros().toPlainString()));
        Collections.sort(costs);
        return List.of(event.getAccountId(), data, costs);
    }

    private static Object plain(Object value) {
        return value instanceof Long || value instanceof BigDecimal
                ? new BigDecimal(value.toString()).stripTrailingZeros()
                : value;
    }
}
