package io.usageflow.forwarder.identity;

import io.usageflow.forwarder.links.Link;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.schema.ReferenceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Verifies links: whether Credyt has the customer or vendor that each one names. For one run. */
public final class LinkCheck {
    private static final int LINKS_AT_ONCE = 500;
    private static final int FINDINGS_MAX = 10_000;

    private final IdentityLookup lookup;
    private final LongConsumer progress;
    private final List<Link> waiting = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private long known;
    private long unknown;
    private long unclear;
    private boolean stopped;

    /** @param progress takes the number of links so far */
    public LinkCheck(IdentityLookup lookup, LongConsumer progress) {
        this.lookup = lookup;
        this.progress = progress;
    }

    /** What is wrong with a link. */
    public enum Problem {
        /** Credyt says that it does not have it. */
        UNKNOWN,
        /** The answer proves neither. */
        UNCLEAR
    }

    /**
     * A link that Credyt does not confirm.
     *
     * @param why a sentence without a full stop
     */
    public record Finding(Link link, Problem problem, String why) {}

    /**
     * The result.
     *
     * @param complete false if the check was stopped before the end
     * @param findings the first {@value LinkCheck#FINDINGS_MAX}
     */
    public record Report(boolean complete, long known, long unknown, long unclear, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }

        public boolean isClean() {
            return complete && unknown + unclear == 0;
        }
    }

    /**
     * Verifies all links of these kinds.
     *
     * @param refusals as {@link LinkTable#read}
     * @throws io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException if Credyt does not answer
     */
    public Report run(LinkTable links, Collection<LinkKind> kinds, Consumer<LinkTable.Refusal> refusals) {
        for (LinkKind kind : kinds) {
            links.read(kind, this::take, refusals);
            ask();
        }
        return new Report(!stopped, known, unknown, unclear, findings);
    }

    private void take(Link link) {
        if (stopped) {
            return;
        }
        waiting.add(link);
        if (waiting.size() == LINKS_AT_ONCE) {
            ask();
        }
    }

    private void ask() {
        if (waiting.isEmpty() || stopped) {
            return;
        }
        try {
            Optional<Map<Link, LookupResult>> results = verified(lookup, waiting);
            stopped = results.isEmpty();
            results.ifPresent(all -> all.forEach(this::count));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        waiting.clear();
        progress.accept(known + unknown + unclear);
    }

    private void count(Link link, LookupResult result) {
        result.<Optional<Finding>>match(
                        found -> {
                            known++;
                            return Optional.empty();
                        },
                        missing -> {
                            unknown++;
                            return Optional.of(new Finding(link, Problem.UNKNOWN, unknown(link)));
                        },
                        unsaid -> {
                            unclear++;
                            return Optional.of(new Finding(link, Problem.UNCLEAR, unsaid.why()));
                        })
                .filter(finding -> findings.size() < FINDINGS_MAX)
                .ifPresent(findings::add);
    }

    /** Looks up what links of one kind name; in the links' order. Empty if stopped. */
    public static Optional<Map<Link, LookupResult>> verified(IdentityLookup lookup, List<Link> links)
            throws InterruptedException {
        if (links.isEmpty()) {
            return Optional.of(Map.of());
        }
        List<Reference> references = links.stream().map(Link::reference).toList();
        return lookup.find(links.get(0).kind(), references).map(found -> {
            Map<Link, LookupResult> results = new LinkedHashMap<>();
            links.forEach(link -> results.put(
                    link, Optional.ofNullable(found.get(link.reference())).orElseThrow()));
            return results;
        });
    }

    /** Says that Credyt does not know what the link names. */
    public static String unknown(Link link) {
        return "Credyt has no " + link.kind().target() + " with the "
                + (link.reference().kind() == ReferenceKind.EXTERNAL_ID ? "external id " : "id ")
                + link.reference().text();
    }
}
