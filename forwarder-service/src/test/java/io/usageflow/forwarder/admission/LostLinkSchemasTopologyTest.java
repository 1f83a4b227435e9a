package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.parking.ParkedEvents;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links whose schema the registry does not have any more. */
class LostLinkSchemasTopologyTest {
    private static final int UNKNOWN_ID = 4711;
    private static final byte[] OPENAI = "openai".getBytes(StandardCharsets.UTF_8);
    /** A team's own schema of vendor links: what usageflow carries reads no such bytes. */
    private static final Schema TEAMS = teams();

    private final String scope = UUID.randomUUID().toString();
    private final InMemorySchemaRegistry schemas = InMemorySchemaRegistry.ofScope(scope);

    @TempDir
    Path stateDir;

    private AdmissionDriver admission;

    @BeforeEach
    void start() {
        admission = open("passthrough");
    }

    @AfterEach
    void stop() {
        admission.close();
        InMemorySchemaRegistry.dropScope(scope);
    }

    private AdmissionDriver open(String policy) {
        AdmissionDriver driver = new AdmissionDriver(
                stateDir.resolve(UUID.randomUUID().toString()),
                "mock://" + scope,
                1,
                "admission.vendors.unlinked",
                policy);
        driver.linkCustomer("acct_1", "cust-1");
        return driver;
    }

    @ParameterizedTest
    @ValueSource(strings = {"passthrough", "park"})
    void shouldHoldEventsWhileAVendorLinkCannotBeRead(String policy) {
        try (AdmissionDriver driver = open(policy)) {
            int lost = nextSchemaId(driver);
            pipeVendorLink(driver, withId(encoded(TEAMS, "vendor-1"), lost));

            driver.publish(costing("req-1"));
            driver.publish(Events.event("req-2"));
            UsageEvent other = Events.event("req-3");
            other.setCustomerExternalId("another");
            other.setAccountId("acct_2");
            other.setCosts(List.of());
            driver.publish(other);
            driver.pass(Duration.ofMinutes(1));

            assertThat(driver.deliveredIds()).containsExactly("req-3");
            assertThat(driver.deadLetters()).isEmpty();
            assertThat(waitsFor(driver, "acct_1"))
                    .isEqualTo(new Resolution.Unresolved(
                            Resolution.Missing.VENDOR, "openai", Resolution.Reason.LINK_UNREADABLE));

            assertThat(schemas.register("teams-vendor-links", TEAMS)).isEqualTo(lost);
            List<DeliverableEvent> delivered = new ArrayList<>();
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                driver.pass(AdmissionProcessor.UPKEEP_EVERY);
                delivered.addAll(driver.delivered());
                return delivered.size() == 2;
            });
            assertThat(delivered).extracting(DeliverableEvent::getEventId).containsExactly("req-1", "req-2");
            assertThat(delivered)
                    .extracting(each -> each.getVendors().get("openai").getValue())
                    .containsOnly("vendor-1");
        }
    }

    @Test
    void shouldReleaseEventsWhenTheLinkIsWrittenAgain() {
        pipeVendorLink(admission, withId(encoded(TEAMS, "vendor-1"), UNKNOWN_ID));
        admission.publish(costing("req-1"));
        assertThat(admission.delivered()).isEmpty();

        admission.linkVendor("openai", "vendor-2");
        admission.pass(AdmissionProcessor.UPKEEP_EVERY.multipliedBy(2));

        assertThat(admission.delivered())
                .extracting(each -> each.getVendors().get("openai").getValue())
                .containsExactly("vendor-2");
    }

    @Test
    void shouldSayOfADeadLetterThatTheLinkCouldNotBeRead() {
        pipeVendorLink(admission, withId(encoded(TEAMS, "vendor-1"), UNKNOWN_ID));
        admission.publish(costing("req-1"));

        admission.pass(Duration.ofDays(8));

        assertThat(admission.deadLetters())
                .extracting(DeadLetter::getReason, DeadLetter::getDetail)
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.toList().get(0)).isEqualTo("UNMAPPED_VENDOR");
                    assertThat((String) letter.toList().get(1)).contains("openai had a link that could not be read");
                });
    }

    @Test
    void shouldReadLinksOfOurOwnSchemasWithoutTheRegistry() {
        pipeVendorLink(
                admission,
                withId(
                        admission.encode(
                                "usage.vendor-links",
                                new VendorLink("openai", AdmissionDriver.reference("vendor-1"), admission.now())),
                        UNKNOWN_ID));
        CredytReference customer = AdmissionDriver.reference("cust-2");
        admission.linkRaw(
                "acct_2",
                withId(
                        admission.encode("usage.customer-links", new CustomerLink("acct_2", customer, admission.now())),
                        UNKNOWN_ID));

        UsageEvent event = costing("req-1");
        event.setAccountId("acct_2");
        admission.publish(event);

        assertThat(admission.delivered()).singleElement().satisfies(each -> {
            assertThat(each.getCustomer()).isEqualTo(customer);
            assertThat(each.getVendors().get("openai").getValue()).isEqualTo("vendor-1");
        });
    }

    /** A customer's link is kept as it was read: the registry is asked when the link comes, and never again. */
    @Test
    void shouldKeepACustomersLinkInForceWhereALaterOneCannotBeRead() {
        byte[] strange = admission.encodedLink("acct_1", "cust-9");
        admission.linkRaw("acct_1", withId(Arrays.copyOf(strange, strange.length + 3), UNKNOWN_ID));
        admission.publish(Events.event("req-1"));

        assertThat(admission.delivered())
                .extracting(each -> each.getCustomer().getValue())
                .containsExactly("cust-1");
    }

    private static UsageEvent costing(String id) {
        UsageEvent event = Events.event(id);
        event.setCosts(List.of(Events.cost("openai", "0.0161")));
        return event;
    }

    private static void pipeVendorLink(AdmissionDriver driver, byte[] value) {
        driver.pipe(
                "usage.vendor-links",
                OPENAI,
                value,
                new RecordHeaders(),
                driver.now().toEpochMilli());
    }

    private static Resolution.Unresolved waitsFor(AdmissionDriver driver, String account) {
        List<Resolution.Unresolved> found = new ArrayList<>();
        new ParkedEvents(driver.store(AdmissionTopology.PARKED_EVENTS), driver.store(AdmissionTopology.PARKED_QUEUES))
                .forEachQueue((name, queue) -> {
                    if (name.equals(account)) {
                        found.add(queue.waitsFor());
                    }
                });
        return found.get(0);
    }

    /** After everything that the test writes has a schema. */
    private int nextSchemaId(AdmissionDriver driver) {
        UsageEvent warm = costing("warm");
        warm.setCosts(List.of());
        driver.publish(warm);
        assertThat(driver.deliveredIds()).containsExactly("warm");
        driver.ledger();
        return schemas.register(
                        "last", Schema.createRecord("Last" + driver.now().toEpochMilli(), null, "x", false, List.of()))
                + 1;
    }

    private static byte[] encoded(Schema schema, String vendorId) {
        GenericRecord reference =
                new GenericData.Record(schema.getField("reference").schema());
        Schema kind = reference.getSchema().getField("kind").schema();
        reference.put("kind", new GenericData.EnumSymbol(kind, "EXTERNAL_ID"));
        reference.put("value", vendorId);
        GenericRecord link = new GenericData.Record(schema);
        link.put("team", "billing");
        link.put("vendor", "openai");
        link.put("reference", reference);
        link.put("linked_at", 1_795_176_000_000_000L);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(new byte[5]);
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(schema).write(link, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] withId(byte[] value, int schemaId) {
        byte[] changed = value.clone();
        ByteBuffer.wrap(changed).putInt(1, schemaId);
        return changed;
    }

    private static Schema teams() {
        String ours = VendorLink.getClassSchema().toString();
        return new Schema.Parser()
                .parse(ours.replaceFirst(
                        "\"fields\":\\[", "\"fields\":[{\"name\":\"team\",\"type\":\"string\",\"default\":\"\"},"));
    }
}
