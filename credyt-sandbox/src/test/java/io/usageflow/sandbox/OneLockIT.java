package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many clients send the same events at once: each is billed once, and every sum agrees. */
class OneLockIT {
    private static final int CLIENTS = 8;
    private static final int EVENTS = 200;
    private static final int BATCH = 5;

    @Test
    void shouldDebitEachEventOnceHoweverManySendItAtOnce() throws Exception {
        SandboxSeed seed = SandboxSeed.empty()
                .withProduct("p", "P", PriceSpec.volume("message_completed", "total_tokens", "USD", "0.003", "7"))
                .withCustomer("acct_1", "p");
        List<String> ids = Bodies.newIds(EVENTS);
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        try (CredytSandbox sandbox =
                CredytSandbox.start(SandboxOptions.defaults().withSeed(seed))) {
            CyclicBarrier start = new CyclicBarrier(CLIENTS);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int seedOfOrder = 0; seedOfOrder < CLIENTS; seedOfOrder++) {
                clients.add(pool.submit(sender(sandbox, ids, seedOfOrder, start)));
            }
            for (Future<Integer> client : clients) {
                assertThat(client.get()).isEqualTo(EVENTS / BATCH);
            }

            BigDecimal feesOfEvents = ids.stream()
                    .map(id -> sandbox.event(id).orElseThrow().fees().get("USD"))
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            assertThat(sandbox.awaitEvents(EVENTS, Duration.ZERO)).isTrue();
            assertThat(sandbox.eventIds()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
            assertThat(sandbox.stats().repeatedRequests()).isEqualTo((long) EVENTS * (CLIENTS - 1));
            assertThat(sandbox.stats().conflictingContent()).isZero();
            assertThat(sandbox.stats().fees().get("USD")).isEqualByComparingTo(feesOfEvents);
            assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo(feesOfEvents.negate());
        } finally {
            pool.shutdownNow();
        }
    }

    private static Callable<Integer> sender(
            CredytSandbox sandbox, List<String> ids, int seedOfOrder, CyclicBarrier start) {
        return () -> {
            Client client = new Client(sandbox.url());
            List<String> order = new ArrayList<>(ids);
            Collections.shuffle(order, new Random(seedOfOrder));
            start.await();
            int accepted = 0;
            for (int from = 0; from < order.size(); from += BATCH) {
                String[] events = order.subList(from, from + BATCH).stream()
                        .map(Bodies::event)
                        .toArray(String[]::new);
                if (client.post("/events", Bodies.batch("acct_1", events)).status() == 202) {
                    accepted++;
                }
            }
            return accepted;
        };
    }
}
