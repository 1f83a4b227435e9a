package io.usageflow.forwarder.admission.parking;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.admission.parking.ParkedQuery.ParkedAccounts;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.parked.ParkedDocument.Account;
import io.usageflow.forwarder.parked.ParkedDocument.Asked;
import io.usageflow.forwarder.parked.ParkedDocument.Reason;
import io.usageflow.forwarder.parked.ParkedDocument.Scope;
import io.usageflow.forwarder.parked.ParkedDocument.Totals;
import io.usageflow.forwarder.parked.ParkedDocument.Unreadable;
import io.usageflow.forwarder.parked.ParkedDocument.WaitsFor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * {@code GET /admission/parked?limit=N&account=A}: the accounts whose events wait for a link, the longest waiting
 * first. It answers for the partitions that this instance has, names them, and says how many there are in all: ask
 * every instance to see every account. Thread-safe.
 */
public final class ParkedPage implements AdminPage {
    static final int LIMIT_DEFAULT = 100;
    static final int LIMIT_MAX = 10_000;

    private static final TreeSet<String> PARAMETERS = new TreeSet<>(List.of("account", "limit"));

    private final Supplier<Optional<Source>> source;
    private final Supplier<String> whyNot;
    private final Supplier<Instant> clock;

    /** What the page reads. */
    public record Source(ParkedReader reader, AccountPartitioner home) {}

    /** As {@link ParkedQuery#read}. */
    public interface ParkedReader {
        ParkedAccounts read(Optional<String> account, int limit);
    }

    /**
     * @param source empty while the stage does not run
     * @param whyNot one sentence, asked while there is no source or none of its partitions can be read
     */
    public ParkedPage(Supplier<Optional<Source>> source, Supplier<String> whyNot, Supplier<Instant> clock) {
        this.source = source;
        this.whyNot = whyNot;
        this.clock = clock;
    }

    @Override
    public String path() {
        return ParkedDocument.PATH;
    }

    @Override
    public Answer answer(Map<String, List<String>> query) {
        for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
            if (!PARAMETERS.contains(parameter.getKey()) || parameter.getValue().size() != 1) {
                return Answer.badQuestion(
                        "parameter " + parameter.getKey() + ": there are limit and account, each at most once");
            }
        }
        Optional<String> account = Optional.ofNullable(query.get("account")).map(values -> values.get(0));
        String asked = query.getOrDefault("limit", List.of(Integer.toString(LIMIT_DEFAULT)))
                .get(0);
        if (!asked.matches("[0-9]{1,5}") || Integer.parseInt(asked) > LIMIT_MAX || Integer.parseInt(asked) < 1) {
            return Answer.badQuestion("limit: use a number from 1 to " + LIMIT_MAX);
        }
        return source.get()
                .map(running -> answer(running, account, Integer.parseInt(asked)))
                .orElseGet(() -> Answer.notNow(whyNot.get()));
    }

    private Answer answer(Source running, Optional<String> account, int limit) {
        ParkedAccounts parked = running.reader.read(account, limit);
        if (parked.partitions().isEmpty() && !parked.unreadable().isEmpty()) {
            return Answer.notNow(whyNot.get() + "; partitions that cannot be read now: " + parked.unreadable());
        }
        Instant now = clock.get();
        return Answer.ok(new ParkedDocument(
                now,
                scope(parked, running.home),
                Totals.of(parked.events(), parked.accounts(), parked.oldestSince(), now),
                account.map(name -> new Asked(
                        name, running.home.of(name), parked.partitions().contains(running.home.of(name)))),
                limit,
                parked.shown().stream().map(each -> account(each, now)).toList()));
    }

    private static Account account(ParkedAccounts.Account parked, Instant now) {
        Resolution.Unresolved waits = parked.queue().waitsFor();
        return Account.of(
                parked.account(),
                parked.partition(),
                parked.queue().count(),
                parked.queue().headSince(),
                new WaitsFor(
                        LinkKind.valueOf(waits.missing().name()),
                        waits.name(),
                        Optional.of(Reason.valueOf(waits.reason().name())),
                        waits.detail()),
                now);
    }

    private static Scope scope(ParkedAccounts parked, AccountPartitioner home) {
        boolean whole = parked.partitions().size() == home.partitions();
        return new Scope(
                whole
                        ? "all partitions are here"
                        : "only the partitions this instance has; ask the other instances for theirs",
                whole,
                parked.partitions(),
                home.partitions(),
                parked.unreadable().entrySet().stream()
                        .map(each -> new Unreadable(each.getKey(), each.getValue()))
                        .toList());
    }
}
