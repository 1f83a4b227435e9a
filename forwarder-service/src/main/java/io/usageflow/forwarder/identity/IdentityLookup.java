package io.usageflow.forwarder.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ListReader;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.identity.LookupResult.Known;
import io.usageflow.forwarder.identity.LookupResult.Unclear;
import io.usageflow.forwarder.identity.LookupResult.Unknown;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.schema.ReferenceKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks Credyt whether it has customers and vendors. Each method returns empty if it was stopped, and throws {@link
 * io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException} if Credyt does not answer or refuses
 * the key. Not thread-safe.
 *
 * <p>The answer to a lookup by external id is one object for customers, and not documented for vendors, nor is the
 * answer if there is none (docs/credyt-api.md, 2). If Credyt ignores the filter and shows a page of others, the whole
 * list decides.
 */
public final class IdentityLookup {
    private final CredytQueries queries;

    public IdentityLookup(CredytQueries queries) {
        this.queries = queries;
    }

    /**
     * All customers or vendors of the account.
     *
     * @param shortfall why there may be more; empty if the list is proved whole
     */
    public record Listed(List<Identity> identities, Optional<String> shortfall) {
        public Listed {
            identities = List.copyOf(identities);
        }

        private Map<String, Identity> byExternalId() {
            Map<String, Identity> byExternalId = new HashMap<>();
            identities.forEach(one -> one.externalId().ifPresent(id -> byExternalId.put(id, one)));
            return byExternalId;
        }
    }

    /** Looks up each reference; all queries are sent concurrently. */
    public Optional<Map<Reference, LookupResult>> find(LinkKind kind, Collection<Reference> references)
            throws InterruptedException {
        List<Reference> asked = references.stream().distinct().toList();
        Optional<List<QueryResult>> answers = queries.ask(
                asked.stream().map(reference -> query(kind, reference)).toList());
        if (answers.isEmpty()) {
            return Optional.empty();
        }
        Map<Reference, LookupResult> results = new HashMap<>();
        List<Reference> filterIgnored = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            Reference reference = asked.get(i);
            read(reference, answers.get().get(i))
                    .ifPresentOrElse(result -> results.put(reference, result), () -> filterIgnored.add(reference));
        }
        for (Optional<String> account :
                filterIgnored.stream().map(Reference::credytAccount).distinct().toList()) {
            Optional<Listed> listed = list(kind, account);
            if (listed.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Identity> byExternalId = listed.get().byExternalId();
            filterIgnored.stream()
                    .filter(reference -> reference.credytAccount().equals(account))
                    .forEach(reference -> results.put(
                            reference,
                            Optional.ofNullable(byExternalId.get(reference.value()))
                                    .<LookupResult>map(Known::new)
                                    .orElseGet(() -> listed.get()
                                            .shortfall()
                                            .<LookupResult>map(
                                                    why -> new Unclear("it is not in Credyt's list, but " + why))
                                            .orElseGet(Unknown::new))));
        }
        return Optional.of(results);
    }

    /**
     * Reads the whole list, page by page.
     *
     * @param account the connected account of a platform whose list it is; empty for that of the settings
     */
    public Optional<Listed> list(LinkKind kind, Optional<String> account) throws InterruptedException {
        ListReader reader = ListReader.ofAll(plural(kind));
        List<Identity> identities = new ArrayList<>();
        while (!reader.isDone()) {
            Optional<List<QueryResult>> page =
                    queries.ask(List.of(reader.question().in(account)));
            if (page.isEmpty()) {
                return Optional.empty();
            }
            reader.take(page.get().get(0)).forEach(item -> identities.add(Identity.of(item)));
        }
        return Optional.of(new Listed(identities, reader.shortfall()));
    }

    private static Query query(LinkKind kind, Reference reference) {
        String value = CredytHttp.encoded(reference.value());
        String path = "/" + plural(kind)
                + (reference.kind() == ReferenceKind.CREDYT_ID ? "/" + value : "?external_id=" + value);
        return new Query(path, ExpectedBody.lookup(), false).in(reference.credytAccount());
    }

    private static String plural(LinkKind kind) {
        return kind == LinkKind.CUSTOMER ? "customers" : "vendors";
    }

    /** Empty if the answer is a page of others, so that only the whole list can tell. */
    private static Optional<LookupResult> read(Reference reference, QueryResult answer) {
        return answer.match(
                found -> read(reference, found),
                absent -> Optional.of(new Unknown()),
                unanswered -> Optional.of(new Unclear(unanswered.why())));
    }

    private static Optional<LookupResult> read(Reference reference, QueryResult.Found found) {
        boolean byId = reference.kind() == ReferenceKind.CREDYT_ID;
        Optional<JsonNode> match = found.withKey(byId ? "id" : "external_id", reference.value());
        if (match.isPresent()) {
            return Optional.of(new Known(Identity.of(match.get())));
        }
        JsonNode body = found.event();
        if (body.path("id").isTextual()) {
            return Optional.of(new Unclear("Credyt shows another one, "
                    + body.path("id").textValue()
                    + (byId
                            ? ""
                            : " with the external id "
                                    + body.path("external_id").textValue())));
        }
        if (byId) {
            return Optional.of(new Unclear("Credyt's answer is not about one object"));
        }
        JsonNode total = body.path("total_count");
        boolean empty = body.isNull()
                || body.isMissingNode()
                || (found.items().isArray() && found.items().isEmpty());
        if (empty && (!total.isIntegralNumber() || total.longValue() == 0)) {
            return Optional.of(new Unknown());
        }
        return found.items().isArray() ? Optional.empty() : Optional.of(new Unclear("Credyt's answer has no id"));
    }
}
