package io.usageflow.forwarder.admission.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class AccountPartitionerTest {
    @Test
    void shouldAgreeWithTheJavaProducer() {
        for (int partitions : new int[] {1, 2, 6, 12, 97}) {
            AccountPartitioner home = new AccountPartitioner(partitions);
            assertThat(IntStream.range(0, 2000).mapToObj(i -> "acct_é_" + i))
                    .allMatch(account -> home.of(account)
                            == BuiltInPartitioner.partitionForKey(account.getBytes(UTF_8), partitions));
        }
    }
}
