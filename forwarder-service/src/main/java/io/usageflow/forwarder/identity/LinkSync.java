package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.identity.IdentityLookup.Listed;
import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkFile;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkPlan;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.rule.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What would link Credyt's customers or vendors: each that no link names, to the account or vendor whose name is its
 * external id. Links that exist are neither changed nor removed. Immutable.
 *
 * @param proposed by external id, to Credyt's id
 * @param different accounts with a link to something else than the one of that external id
 * @param refused those that cannot be linked
 * @param linked how many a link names already, under whichever account
 * @param nameless how many have no external id, so that nothing tells their account
 * @param shortfall why Credyt may have more than was listed; empty if the list is proved whole
 */
public record LinkSync(
        LinkKind kind,
        List<Link> proposed,
        List<Difference> different,
        List<Refusal> refused,
        long linked,
        long nameless,
        Optional<String> shortfall) {

    /**
     * An account with a link to something else.
     *
     * @param linkedTo what the account's link names now
     */
    public record Difference(String account, Reference linkedTo, Identity identity) {}

    /**
     * What cannot be linked.
     *
     * @param why in one sentence
     */
    public record Refusal(Identity identity, String why) {}

    public LinkSync {
        proposed = List.copyOf(proposed);
        different = List.copyOf(different);
        refused = List.copyOf(refused);
    }

    /** Whether all that Credyt has is linked, or would be. */
    public boolean isClean() {
        return different.isEmpty() && refused.isEmpty() && shortfall.isEmpty();
    }

    /** The proposed links, in a form that can be written. */
    public LinkPlan plan() {
        List<LinkFile.Row> rows = new ArrayList<>();
        proposed.forEach(link -> rows.add(new LinkFile.Row(rows.size() + 1L, link)));
        return new LinkPlan(kind, rows, List.of(), linked);
    }

    /**
     * Compares Credyt's list with the present links; empty if stopped.
     *
     * @param account the connected account of a platform whose list is read; empty for that of the settings
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     */
    public static Optional<LinkSync> of(
            LinkKind kind,
            Optional<String> account,
            LinkTable table,
            IdentityLookup lookup,
            Instant now,
            Consumer<LinkTable.Refusal> refusals)
            throws InterruptedException {
        Optional<Listed> listed = lookup.list(kind, account);
        if (listed.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Reference> links = new HashMap<>();
        table.read(kind, link -> links.put(link.name(), link.reference()), refusals);
        return Optional.of(of(kind, account, listed.get(), links, now));
    }

    static LinkSync of(
            LinkKind kind, Optional<String> account, Listed listed, Map<String, Reference> links, Instant now) {
        Set<Reference> named = Set.copyOf(links.values());
        Set<String> seen = new HashSet<>();
        Set<String> twice = listed.identities().stream()
                .flatMap(one -> one.externalId().stream())
                .filter(externalId -> !seen.add(externalId))
                .collect(Collectors.toSet());
        List<Link> proposed = new ArrayList<>();
        List<Difference> different = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        long linked = 0;
        long nameless = 0;
        for (Identity one : listed.identities()) {
            var byId = new Reference(ReferenceKind.CREDYT_ID, one.id(), account);
            String externalId = one.externalId().orElse("");
            String name = kind.nameIn(account, externalId);
            Reference present = links.get(name);
            if (named.contains(byId) || named.contains(new Reference(ReferenceKind.EXTERNAL_ID, externalId, account))) {
                linked++;
            } else if (externalId.isEmpty()) {
                nameless++;
            } else if (present != null) {
                different.add(new Difference(name, present, one));
            } else {
                var link = new Link(kind, name, byId, now);
                problem(link, twice)
                        .ifPresentOrElse(why -> refused.add(new Refusal(one, why)), () -> proposed.add(link));
            }
        }
        return new LinkSync(kind, proposed, different, refused, linked, nameless, listed.shortfall());
    }

    private static Optional<String> problem(Link link, Set<String> twice) {
        if (twice.contains(link.name())) {
            return Optional.of("Credyt lists the external id " + link.name() + " twice");
        }
        List<Violation> violations = link.violations();
        return violations.isEmpty()
                ? Optional.empty()
                : Optional.of(violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
    }
}
