package io.usageflow.forwarder.parked;

import io.usageflow.forwarder.links.LinkKind;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What one instance said. Sealed: an instance that is silent must not look like one where nobody waits. */
public sealed interface InstanceAnswer {
    URI admin();

    /**
     * @param partitions those it answers for
     * @param unreadable those it has and cannot read now, with the reason
     * @param partitionsInAll of the pipeline
     * @param events that wait in its partitions
     * @param accounts how many accounts have events that wait
     * @param oldestSince since when the oldest waits
     * @param shown the longest waiting accounts, as many as were asked for
     */
    record Told(
            URI admin,
            Set<Integer> partitions,
            Map<Integer, String> unreadable,
            int partitionsInAll,
            long events,
            long accounts,
            Optional<Instant> oldestSince,
            List<ParkedAccount> shown)
            implements InstanceAnswer {
        public Told {
            partitions = Set.copyOf(partitions);
            unreadable = Map.copyOf(unreadable);
            shown = List.copyOf(shown);
        }
    }

    /** @param why one sentence with the remedy */
    record Silent(URI admin, String why) implements InstanceAnswer {}

    /**
     * An account whose events wait.
     *
     * @param missing which kind of link it waits for
     * @param name which one: the account itself, or a vendor
     */
    record ParkedAccount(String account, int partition, long events, Instant since, LinkKind missing, String name) {
        /** What to run so that they are released, with a place to fill in. */
        public String nextCommand() {
            return missing.putCommand(name);
        }
    }

    default <T> T match(Function<? super Told, ? extends T> onTold, Function<? super Silent, ? extends T> onSilent) {
        return this instanceof Told told ? onTold.apply(told) : onSilent.apply((Silent) this);
    }
}
