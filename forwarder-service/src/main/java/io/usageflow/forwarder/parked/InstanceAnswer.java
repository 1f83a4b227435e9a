package io.usageflow.forwarder.parked;

import io.usageflow.forwarder.links.LinkKind;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One instance's reply. Sealed: an instance that does not answer must not look like one where nobody waits. */
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
    record Answered(
            URI admin,
            Set<Integer> partitions,
            Map<Integer, String> unreadable,
            int partitionsInAll,
            long events,
            long accounts,
            Optional<Instant> oldestSince,
            List<ParkedAccount> shown)
            implements InstanceAnswer {
        public Answered {
            partitions = Set.copyOf(partitions);
            unreadable = Map.copyOf(unreadable);
            shown = List.copyOf(shown);
        }
    }

    /** @param why one sentence with the remedy */
    record Unreachable(URI admin, String why) implements InstanceAnswer {}

    /**
     * An account whose events wait.
     *
     * @param missing which kind of link it waits for
     * @param name which one: the account itself, or a vendor
     */
    record ParkedAccount(
            String account, int partition, long events, Instant since, LinkKind missing, String name, Reason reason) {
        /** What to run so that they are released, with a place to fill in; or what else to do. */
        public String nextCommand() {
            return reason == Reason.EVENT_UNREADABLE
                    ? "restore the registry's schemas with the ids that they had"
                    : missing.putCommand(name);
        }
    }

    /** Why an account's oldest event waits. */
    enum Reason {
        NO_LINK,
        /** There is a link, and the registry does not have its schema. */
        LINK_UNREADABLE,
        /** The registry does not have the event's schema any more. */
        EVENT_UNREADABLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @param word absent from instances of earlier versions; a later version may know more reasons */
        static Reason of(String word) {
            return Arrays.stream(values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElse(NO_LINK);
        }
    }

    default <T> T match(
            Function<? super Answered, ? extends T> onAnswered,
            Function<? super Unreachable, ? extends T> onUnreachable) {
        return this instanceof Answered answered ? onAnswered.apply(answered) : onUnreachable.apply((Unreachable) this);
    }
}
