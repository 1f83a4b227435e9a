package io.usageflow.forwarder.admission.parking;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.observe.AdminPage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * {@code GET /admission/parked?limit=N&account=A}: the accounts whose events wait for a link, the longest waiting first.
 * It answers for the partitions that this instance has, names them, and says how many there are in all: ask every instance to see
 * every account. Thread-safe.
 */
public final class ParkedPage implements AdminPage {
    static final String PATH = "/admission/parked";
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
        return PATH;
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
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("as_of", now.toString());
        scope(json.putObject("scope"), parked, running.home);
        ObjectNode totals = json.putObject("totals");
        totals.put("events", parked.events()).put("accounts", parked.accounts());
        oldest(totals, parked.oldestSince(), now);
        account.ifPresent(name -> json.putObject("account")
                .put("account", name)
                .put("partition", running.home.of(name))
                .put("here", parked.partitions().contains(running.home.of(name))));
        json.put("limit", limit);
        var accounts = json.putArray("accounts");
        for (ParkedAccounts.Account each : parked.shown()) {
            ObjectNode entry = accounts.addObject()
                    .put("account", each.account())
                    .put("partition", each.partition())
                    .put("events", each.queue().count());
            oldest(entry, Optional.of(each.queue().headSince()), now);
            entry.putObject("waits_for")
                    .put("link", each.queue().waitsFor().missing().name().toLowerCase(Locale.ROOT))
                    .put("name", each.queue().waitsFor().name())
                    .put("reason", each.queue().waitsFor().reason().name().toLowerCase(Locale.ROOT));
        }
        return Answer.ok(json);
    }

    private static void scope(ObjectNode json, ParkedAccounts parked, AccountPartitioner home) {
        boolean whole = parked.partitions().size() == home.partitions();
        json.put(
                "detail",
                whole
                        ? "all partitions are here"
                        : "only the partitions this instance has; ask the other instances for theirs");
        json.put("complete", whole);
        var here = json.putArray("partitions");
        parked.partitions().forEach(here::add);
        json.put("partitions_in_all", home.partitions());
        var unreadable = json.putArray("unreadable");
        parked.unreadable()
                .forEach((partition, why) ->
                        unreadable.addObject().put("partition", partition).put("why", why));
    }

    /** Absent where nothing waits. */
    private static void oldest(ObjectNode json, Optional<Instant> since, Instant now) {
        since.ifPresent(instant -> json.put("oldest_since", instant.toString())
                .put(
                        "oldest_age_seconds",
                        Math.max(0, Duration.between(instant, now).toSeconds())));
    }
}
