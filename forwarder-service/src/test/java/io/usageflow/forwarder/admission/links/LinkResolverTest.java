package io.usageflow.forwarder.admission.links;

import static io.usageflow.forwarder.admission.Events.cost;
import static io.usageflow.forwarder.admission.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.links.Resolution.Missing;
import io.usageflow.forwarder.admission.links.Resolution.Reason;
import io.usageflow.forwarder.config.AdmissionSettings.Unlinked;
import io.usageflow.forwarder.config.AdmissionSettings.Unlinked.Policy;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkResolverTest {
    private static final CredytReference LINKED = new CredytReference(ReferenceKind.CREDYT_ID, "cus_1", null);
    private static final CredytReference VENDOR = new CredytReference(ReferenceKind.CREDYT_ID, "ven_1", null);

    private final Map<String, CredytReference> customers = new HashMap<>();
    private final Map<String, VendorLinks.Lookup> vendors = new HashMap<>();

    @Test
    void shouldUseTheLinks() {
        customers.put("acct_1", LINKED);
        vendors.put("openai", new VendorLinks.Lookup.Linked(VENDOR));

        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Resolved(LINKED, Map.of("openai", VENDOR)));
    }

    @Test
    void shouldPreferAnExplicitReference() {
        customers.put("acct_1", LINKED);
        vendors.put("openai", new VendorLinks.Lookup.Linked(VENDOR));
        UsageEvent event = event("e");
        event.setCustomerExternalId("mine");

        assertThat(resolve(event, Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Resolved(external("mine"), Map.of("openai", VENDOR)));
    }

    @Test
    void shouldTakeTheAccountOfTheLinkAndTheVendorOfThatAccount() {
        customers.put("acct_1", inAccount("cus_1"));
        vendors.put("openai", new VendorLinks.Lookup.Linked(VENDOR));
        vendors.put("acc_1/openai", new VendorLinks.Lookup.Linked(inAccount("ven_2")));

        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Resolved(inAccount("cus_1"), Map.of("openai", inAccount("ven_2"))));

        UsageEvent explicit = event("e");
        explicit.setCustomerId("cus_9");
        assertThat(resolve(explicit, Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Resolved(inAccount("cus_9"), Map.of("openai", inAccount("ven_2"))));
    }

    @Test
    void shouldNotBillAVendorsIdOfOneAccountInAnother() {
        customers.put("acct_1", inAccount("cus_1"));
        vendors.put("openai", new VendorLinks.Lookup.Linked(VENDOR));

        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Unresolved(Missing.VENDOR, "acc_1/openai"));
        assertThat(resolve(event("e"), Policy.PARK, Policy.PASSTHROUGH))
                .isEqualTo(new Resolution.Resolved(inAccount("cus_1"), Map.of("openai", external("openai"))));

        vendors.put("openai", new VendorLinks.Lookup.Linked(external("openai-billing")));
        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Resolved(inAccount("cus_1"), Map.of("openai", external("openai-billing"))));

        vendors.put("acc_1/openai", new VendorLinks.Lookup.Unreadable());
        assertThat(resolve(event("e"), Policy.PARK, Policy.PASSTHROUGH))
                .isEqualTo(new Resolution.Unresolved(Missing.VENDOR, "acc_1/openai", Reason.LINK_UNREADABLE));
    }

    @Test
    void shouldSayWhichLinkIsMissingTheCustomersFirst() {
        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Unresolved(Missing.CUSTOMER, "acct_1"));

        customers.put("acct_1", LINKED);
        assertThat(resolve(event("e"), Policy.PARK, Policy.PARK))
                .isEqualTo(new Resolution.Unresolved(Missing.VENDOR, "openai"));
    }

    @Test
    void shouldPassNamesThroughWhereThePolicySaysSoButNeverBeforeALink() {
        vendors.put("openai", new VendorLinks.Lookup.Linked(VENDOR));
        UsageEvent event = event("e");
        event.getCosts().add(cost("anthropic", "1"));

        assertThat(resolve(event, Policy.PASSTHROUGH, Policy.PASSTHROUGH))
                .isEqualTo(new Resolution.Resolved(
                        external("acct_1"), Map.of("openai", VENDOR, "anthropic", external("anthropic"))));
    }

    @Test
    void shouldNotTakeAVendorLinkThatCannotBeReadForAMissingOne() {
        customers.put("acct_1", LINKED);
        vendors.put("openai", new VendorLinks.Lookup.Unreadable());

        for (Policy policy : Policy.values()) {
            assertThat(resolve(event("e"), Policy.PARK, policy))
                    .isEqualTo(new Resolution.Unresolved(Missing.VENDOR, "openai", Reason.LINK_UNREADABLE));
        }
    }

    @Test
    void shouldNeedNoVendorWhereThereIsNoCost() {
        customers.put("acct_1", LINKED);
        UsageEvent event = event("e");
        event.getCosts().clear();

        assertThat(resolve(event, Policy.PARK, Policy.PARK)).isEqualTo(new Resolution.Resolved(LINKED, Map.of()));
    }

    private Resolution resolve(UsageEvent event, Policy customerPolicy, Policy vendorPolicy) {
        return new LinkResolver(
                        account -> Optional.ofNullable(customers.get(account)),
                        vendor -> vendors.getOrDefault(vendor, new VendorLinks.Lookup.NotLinked()),
                        new Unlinked(customerPolicy, vendorPolicy))
                .resolve(event);
    }

    private static CredytReference inAccount(String id) {
        return new CredytReference(ReferenceKind.CREDYT_ID, id, "acc_1");
    }

    private static CredytReference external(String id) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, id, null);
    }
}
