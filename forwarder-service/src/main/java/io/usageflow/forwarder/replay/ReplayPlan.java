package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.replay.ReplayRules.ReplayDecision;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The effect of a replay or a discard, counted over all dead letters that the filter matches. Immutable.
 *
 * @param answerable dead letters that would be answered; with a limit, more than will be
 * @param byReason of these
 * @param accounts of these, by account
 * @param skipReasons why the rest is skipped
 * @param warnings how many of the answerable each concerns
 * @param summary of the reading
 * @param through for each partition, the offset after the last dead letter that was read; later ones are not in the
 *     plan
 */
public record ReplayPlan(
        long answerable,
        Map<String, Long> byReason,
        Accounts accounts,
        Map<SkipReason, Skipped> skipReasons,
        Map<ReplayWarning, Long> warnings,
        DeadLetterScan.Summary summary,
        Map<Integer, Long> through) {
    /** Bound of the accounts that are counted one by one. */
    public static final int ACCOUNTS_MAX = 10_000;

    /**
     * Dead letters by account.
     *
     * @param named dead letters of each account, of those that were met first
     * @param others dead letters of all other accounts
     */
    public record Accounts(Map<String, Long> named, long others) {}

    /**
     * Dead letters that are skipped for one reason.
     *
     * @param count dead letters that are skipped for this reason
     * @param example the id of one
     * @param detail what is wrong with that one
     */
    public record Skipped(long count, String example, String detail) {}

    public ReplayPlan {
        byReason = Collections.unmodifiableMap(new TreeMap<>(byReason));
        skipReasons = Map.copyOf(skipReasons);
        warnings = Map.copyOf(warnings);
        through = Map.copyOf(through);
    }

    /** Dead letters that are skipped, except those that are answered already. */
    public long skipped() {
        return skipReasons.entrySet().stream()
                .filter(entry -> entry.getKey() != SkipReason.ANSWERED)
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    /** Whether the dead letter stood in the topic when the plan was made. */
    boolean covers(StoredDeadLetter stored) {
        return stored.offset() < through.getOrDefault(stored.partition(), 0L);
    }

    /** Counts dead letters in bounded memory. Not thread-safe. */
    static final class Counting {
        private final Map<String, Long> byReason = new HashMap<>();
        private final Map<String, Long> byAccount = new HashMap<>();
        private final Map<SkipReason, Skipped> skipReasons = new EnumMap<>(SkipReason.class);
        private final Map<ReplayWarning, Long> warnings = new EnumMap<>(ReplayWarning.class);
        private final Map<Integer, Long> through = new HashMap<>();
        private long answerable;
        private long otherAccounts;

        void add(StoredDeadLetter stored, ReplayDecision decision) {
            through.merge(stored.partition(), stored.offset() + 1, Math::max);
            decision.match(
                    answer -> {
                        count(stored, answer);
                        return true;
                    },
                    skip -> {
                        skipReasons.merge(
                                skip.skipReason(),
                                new Skipped(1, stored.letter().getId(), skip.detail()),
                                (known, one) -> new Skipped(known.count() + 1, known.example(), known.detail()));
                        return false;
                    });
        }

        private void count(StoredDeadLetter stored, ReplayDecision.Answer answer) {
            answerable++;
            byReason.merge(stored.letter().getReason(), 1L, Long::sum);
            answer.warnings().forEach(warning -> warnings.merge(warning, 1L, Long::sum));
            String account = stored.account().orElse("");
            if (byAccount.size() < ACCOUNTS_MAX || byAccount.containsKey(account)) {
                byAccount.merge(account, 1L, Long::sum);
            } else {
                otherAccounts++;
            }
        }

        ReplayPlan plan(DeadLetterScan.Summary summary) {
            return new ReplayPlan(
                    answerable,
                    byReason,
                    new Accounts(Map.copyOf(byAccount), otherAccounts),
                    skipReasons,
                    warnings,
                    summary,
                    through);
        }
    }

    /** The reason why a dead letter is skipped. Closed; the word is the same on the command line and in JSON. */
    public enum SkipReason {
        ANSWERED("already answered: --again answers them once more"),
        NEEDS_NEW_ID("their ids were admitted before with other content, and Credyt would ignore them:"
                + " --new-id bills them in"
                + " addition, under ids of their own; discard them where they only correct what was billed"),
        STILL_INVALID("admission would refuse them again: correct them with --set"),
        CANNOT_BE_FIXED("--set or --new-id cannot be applied to them: leave them out by the filter"),
        MAY_BE_BILLED(
                "another account_id gives them another id at Credyt, which may have had them under the old one, and"
                        + " would bill them twice: make sure with 'usageflow trace', then discard them"
                        + " and publish them again"),
        NO_EVENT("no event can be read in them: keep them until the reason is mended, which is mostly a"
                + " schema that the registry" + " has lost; then replay them"),
        KEPT_IN_PART("their records were too large to keep, and only the beginning is here: read each at the"
                + " topic, partition"
                + " and offset that 'usageflow dead-letters show' names, while that topic still"
                + " has it; publish what is to be"
                + " billed in smaller events, then discard these");

        private final String remedy;

        SkipReason(String remedy) {
            this.remedy = remedy;
        }

        /** Why, and what to do; for several dead letters. */
        public String remedy() {
            return remedy;
        }
    }

    /**
     * A risk of a replay that only the operator can judge. Closed; the word is the same everywhere. {@code
     * docs/dead-letters.md} discusses every reason.
     */
    public enum ReplayWarning {
        AGE_UNPROVEN("are older than the dedup window: only Credyt's own memory of their ids prevents a"
                + " second charge for those" + " that were billed before"),
        BILLED_IN_ADDITION(
                "go under new ids, so they are billed in addition to what was admitted first under their old ids:"
                        + " where they correct it, discard them instead"),
        FIX_MAY_BE_IGNORED(
                "may be at Credyt already, with the content before --set: then it keeps that and ignores the fix;"
                        + " 'usageflow reconcile' shows it"),
        MAY_HAVE_COME_AGAIN(
                "were never admitted, so their producer may have sent them again in the meantime: under one id"
                        + " Credyt keeps what came first"),
        WAITS_FOR_LINK("had no link: without one by now they wait again, and come back as dead letters"),
        STILL_NOT_BILLABLE("wait again or come back as dead letters, as admission.unbillable says, unless a price or a"
                + " subscription at Credyt makes them billable by now"),
        STILL_UNREADABLE("cannot be read by this command either: they come back as dead letters unless admission can"),
        STILL_TOO_LARGE("come back as dead letters unless admission.event.max.bytes was raised"),
        ANSWERED_BEFORE("were answered before: what Credyt has had under their ids it ignores, any fix included");

        private final String meaning;

        ReplayWarning(String meaning) {
            this.meaning = meaning;
        }

        /** Follows the number of dead letters that it concerns. */
        public String meaning() {
            return meaning;
        }
    }
}
