package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What making customers or vendors would do. Immutable.
 *
 * @param steps in the order of the input
 */
public record CreationPlan(List<Step> steps) {
    private static final int ASKED_AT_ONCE = 500;

    /** What a step does. */
    public enum Action {
        /** Credyt does not have it: it is made and linked. */
        CREATE,
        /** Credyt has it: it is linked. */
        LINK,
        /** Credyt has it, and it is linked. */
        NONE,
        /** It cannot be done. */
        REFUSED
    }

    /**
     * One customer or vendor.
     *
     * @param known what Credyt has; empty if it is to be made
     * @param linked whether the account has a link that names it
     * @param why in one sentence; empty unless refused
     */
    public record Step(
            NewIdentity identity, Action action, Optional<Identity> known, boolean linked, Optional<String> why) {}

    public CreationPlan {
        steps = List.copyOf(steps);
    }

    public long count(Action action) {
        return steps.stream().filter(step -> step.action() == action).count();
    }

    /**
     * Reads the present links and asks Credyt; empty if stopped.
     *
     * @param identities all of one kind, each account once
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     */
    public static Optional<CreationPlan> of(
            List<NewIdentity> identities, LinkTable table, IdentityLookup lookup, Consumer<LinkTable.Refusal> refusals)
            throws InterruptedException {
        if (identities.isEmpty()) {
            return Optional.of(new CreationPlan(List.of()));
        }
        LinkKind kind = identities.get(0).kind();
        Map<String, NewIdentity> byName =
                identities.stream().collect(Collectors.toMap(NewIdentity::linkName, Function.identity()));
        Map<String, Reference> present = new HashMap<>();
        table.read(
                kind,
                link -> {
                    if (byName.containsKey(link.name())) {
                        present.put(link.name(), link.reference());
                    }
                },
                refusals);
        List<Step> steps = new ArrayList<>();
        for (int from = 0; from < identities.size(); from += ASKED_AT_ONCE) {
            List<NewIdentity> some = identities.subList(from, Math.min(identities.size(), from + ASKED_AT_ONCE));
            Optional<Map<Reference, LookupResult>> found =
                    lookup.find(kind, some.stream().map(NewIdentity::reference).toList());
            if (found.isEmpty()) {
                return Optional.empty();
            }
            some.forEach(identity -> steps.add(step(
                    identity,
                    Optional.ofNullable(present.get(identity.linkName())),
                    Optional.ofNullable(found.get().get(identity.reference())).orElseThrow())));
        }
        return Optional.of(new CreationPlan(steps));
    }

    static Step step(NewIdentity identity, Optional<Reference> link, LookupResult atCredyt) {
        return atCredyt.match(
                known -> {
                    Identity one = known.identity();
                    // An answer need not show the external id by which it was found.
                    boolean named = link.filter(
                                    reference -> reference.equals(identity.reference()) || one.isNamedBy(reference))
                            .isPresent();
                    return link.isPresent() && !named
                            ? refused(identity, linkedOtherwise(link.get()))
                            : new Step(
                                    identity,
                                    named ? Action.NONE : Action.LINK,
                                    Optional.of(one),
                                    named,
                                    Optional.empty());
                },
                unknown -> link.filter(reference -> !reference.equals(identity.reference()))
                        .map(other -> refused(identity, linkedOtherwise(other)))
                        .orElseGet(() -> new Step(
                                identity, Action.CREATE, Optional.empty(), link.isPresent(), Optional.empty())),
                unclear -> refused(identity, "Credyt gives no clear answer: " + unclear.why()));
    }

    private static Step refused(NewIdentity identity, String why) {
        return new Step(identity, Action.REFUSED, Optional.empty(), false, Optional.of(why));
    }

    private static String linkedOtherwise(Reference link) {
        return "is linked to " + link.text() + ": a link is changed only by 'usageflow links put'";
    }
}
