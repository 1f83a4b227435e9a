package io.usageflow.forwarder.doctor.check;

import io.usageflow.forwarder.config.RegistrySettings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.net.PlainTraffic;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Whether the schema registry answers, and takes our schemas or has them.
 *
 * @param balances whether the forwarder keeps balances, which have a schema too
 */
public record RegistryCheck(RegistrySettings settings, Topics topics, boolean balances) {
    static final String NAME = "schema registry";

    public List<CheckResult> look() {
        if (settings.serde().containsKey(AvroSerdes.SERIALIZER_CLASS)) {
            return List.of(CheckResult.skipped(NAME, "another serializer is named, whose registry client is its own"));
        }
        Map<String, String> briefly = new HashMap<>(settings.serde());
        briefly.put(io.usageflow.schema.registry.http.RegistryClientSettings.MAX_RETRIES, "1");
        boolean registering = !"false".equalsIgnoreCase(briefly.get("auto.register.schemas"));
        Map<String, Schema> subjects = subjects(topics);
        if (balances) {
            subjects.put(topics.balances() + "-value", AvroSerdes.asRegistered(AccountBalance.getClassSchema()));
        }
        try {
            return judge(
                    SchemaRegistries.connect(briefly),
                    subjects,
                    registering,
                    PlainTraffic.withoutUserInfo(settings.url()));
        } catch (RegistryUnavailableException away) {
            return List.of(CheckResult.fail(
                    NAME,
                    String.valueOf(away.getMessage()),
                    "check that it runs, that " + RegistrySettings.URL + " is right (Apicurio's ends with"
                            + " /apis/ccompat/v7), and the registry.basic.auth. settings"));
        }
    }

    public static Map<String, Schema> subjects(Topics topics) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        schemas.put(topics.events(), UsageEvent.getClassSchema());
        schemas.put(topics.customerLinks(), CustomerLink.getClassSchema());
        schemas.put(topics.vendorLinks(), VendorLink.getClassSchema());
        schemas.put(topics.deliverable(), DeliverableEvent.getClassSchema());
        schemas.put(topics.receipts(), Receipt.getClassSchema());
        schemas.put(topics.deadLetters(), DeadLetter.getClassSchema());
        schemas.put(topics.deliveryState(), CustomerDeliveryState.getClassSchema());
        schemas.put(topics.ledger(), LedgerEntry.getClassSchema());
        Map<String, Schema> subjects = new LinkedHashMap<>();
        schemas.forEach((topic, schema) -> subjects.put(topic + "-value", AvroSerdes.asRegistered(schema)));
        return subjects;
    }

    public static List<CheckResult> judge(
            SchemaRegistry registry, Map<String, Schema> subjects, boolean registering, String url) {
        var findings = new ArrayList<CheckResult>();
        int known = 0;
        for (Map.Entry<String, Schema> subject : subjects.entrySet()) {
            String name = subject.getKey();
            if (registry.idOf(name, subject.getValue()).isPresent()) {
                known++;
            } else if (!registry.isCompatible(name, subject.getValue())) {
                findings.add(CheckResult.fail(
                        NAME,
                        name + " has a version that ours may not follow",
                        "something else was registered under that name: look at the subject, or choose another"
                                + " topics.prefix"));
            } else if (!registering) {
                findings.add(CheckResult.fail(
                        NAME,
                        name + " lacks our schema, and registry.auto.register.schemas is false",
                        "register the schemas of this version, which stand in its jar, or let the forwarder do it"));
            }
        }
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(
                    NAME,
                    url + " answers and has " + known + " of our " + subjects.size() + " schemas"
                            + (known < subjects.size() ? "; the others are registered when they are first used" : "")));
        }
        return findings;
    }
}
