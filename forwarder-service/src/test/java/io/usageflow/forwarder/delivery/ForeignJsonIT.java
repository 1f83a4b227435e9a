package io.usageflow.forwarder.delivery;

import static io.usageflow.forwarder.delivery.Deliverable.event;
import static io.usageflow.forwarder.delivery.Deliverable.ids;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Broken JSON that another writer has put into {@code usage.deliverable} becomes a dead letter with the published
 * event. It does not reach Credyt, and the other events, of the same customer and in the same batch, are delivered.
 */
class ForeignJsonIT {
    private static final String OTHER_ID = "6e0b9c0e-6f0e-4d3a-9a54-0c8d5a3b1c10";

    private static final List<UnaryOperator<byte[]>> BROKEN = List.of(
            json -> new byte[0],
            json -> "null".getBytes(UTF_8),
            json -> "{}".getBytes(UTF_8),
            json -> "[]".getBytes(UTF_8),
            json -> new byte[] {'{', (byte) 0xff, '}'},
            json -> Arrays.copyOf(json, json.length / 2),
            json -> Arrays.copyOf(json, json.length - 1),
            json -> change(json, "chat", "\u0000"),
            json -> change(json, text(json).substring(7, 43), OTHER_ID),
            json -> (text(json) + "," + text(change(json, text(json).substring(7, 43), OTHER_ID))).getBytes(UTF_8),
            json -> (text(json) + "]}").getBytes(UTF_8));

    @Test
    void shouldBeADeadLetterAndHarmNoOtherEvent() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                DeliveryWorld world = new DeliveryWorld(
                        broker.bootstrapServers(),
                        CredytSandbox.start(SandboxOptions.defaults().withAutoCreateCustomers(true)))) {
            List<Deliverable> good = new ArrayList<>();
            List<Deliverable> broken = new ArrayList<>();
            List<Deliverable> all = new ArrayList<>();
            for (int i = 0; i < BROKEN.size(); i++) {
                for (int account = 0; account < 3; account++) {
                    Deliverable before = event("acct_" + account, 2 * i);
                    Deliverable hostile = event("acct_" + account, 2 * i + 1);
                    world.writeAs(hostile, BROKEN.get(i));
                    good.add(before);
                    broken.add(hostile);
                    all.addAll(List.of(before, hostile));
                }
            }
            world.admit(all);

            Delivery delivery = world.deliver();

            world.awaitSettled(all.size());
            world.awaitAllCommitted();
            world.assertSettled(ids(good), ids(broken));
            Map<String, DeadLetterReason> dead =
                    ids(broken).stream().collect(Collectors.toMap(id -> id, id -> DeadLetterReason.UNDELIVERABLE));
            new SettledOnce(world).check(dead);
            assertThat(world.sandbox.event(OTHER_ID)).isEmpty();
            assertThat(world.deadLetters()).allSatisfy(letter -> {
                assertThat(letter.getDetail()).contains("not the event's");
                assertThat(letter.getSource().getTopic()).isEqualTo(world.topics.events());
                assertThat(letter.getAttempts()).isZero();
            });
            assertThat(delivery.health().ready()).isTrue();
        }
    }

    private static String text(byte[] json) {
        return new String(json, UTF_8);
    }

    private static byte[] change(byte[] json, String from, String to) {
        String changed = text(json).replace(from, to);
        assertThat(changed).isNotEqualTo(text(json));
        return changed.getBytes(UTF_8);
    }
}
