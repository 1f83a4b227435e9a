package io.usageflow.forwarder.delivery.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomerTest {
    private static final List<Customer> CUSTOMERS = List.of(
            new Customer(true, "a:b@c"),
            new Customer(false, "a:b@c"),
            new Customer(true, "a:b@c", Optional.of("acc_1")),
            new Customer(false, "a:b@c", Optional.of("acc_1")),
            new Customer(true, "a:b@c", Optional.of("acc_2")),
            new Customer(true, ""));

    @Test
    void shouldReadItsKeysAgain() {
        for (Customer customer : CUSTOMERS) {
            assertThat(Customer.parse(customer.key())).contains(customer);
            assertThat(Customer.parse(customer.unfundedKey())).contains(customer);
            assertThat(Customer.of(customer.reference())).isEqualTo(customer);
        }
    }

    @Test
    void shouldKeepTheKeysOfEarlierVersions() {
        assertThat(new String(new Customer(true, "acme").key(), UTF_8)).isEqualTo("external:acme");
        assertThat(new String(new Customer(false, "cust_1").unfundedKey(), UTF_8))
                .isEqualTo("unfunded:id:cust_1");
    }

    @Test
    void shouldTellTheCustomersOfTwoAccountsApart() {
        assertThat(CUSTOMERS.stream().map(customer -> new String(customer.key(), UTF_8)))
                .doesNotHaveDuplicates();
        assertThat(new TreeSet<>(CUSTOMERS)).hasSameSizeAs(CUSTOMERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "acme", "other:acme", "@acc_1:acme", "unfunded:acme"})
    void shouldIgnoreOtherKeys(String key) {
        assertThat(Customer.parse(key.getBytes(UTF_8))).isEmpty();
    }
}
