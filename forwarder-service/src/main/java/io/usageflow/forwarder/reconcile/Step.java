package io.usageflow.forwarder.reconcile;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.Reply;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair.Mode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Some events from receipt to verdict. Not thread-safe; close it. */
final class Step implements AutoCloseable {
    private static final long BYTES_MAX = 16L * 1024 * 1024;

    private final Settings settings;
    private final ReconcileRequest request;
    private final String job;
    private final Inquiry inquiry;
    private final Originals originals;
    private final Clock clock;
    private final Judge judge;
    private @Nullable RepairWriter repairs;

    Step(Settings settings, ReconcileRequest request, String job, Inquiry inquiry, Originals originals, Clock clock) {
        this.settings = settings;
        this.request = request;
        this.job = job;
        this.inquiry = inquiry;
        this.originals = originals;
        this.clock = clock;
        this.judge = new Judge(request.free());
    }

    /** What was found; empty where it was stopped. */
    Optional<List<Finding>> of(List<Subject> subjects, Tally tally) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<Case> cases = new ArrayList<>();
        long bytes = 0;
        for (Subject subject : Originals.inOrder(subjects)) {
            Case one = originals.find(subject);
            cases.add(one);
            bytes += one.original().map(Original::size).orElse(0);
            if (bytes > BYTES_MAX) {
                if (!judged(cases, tally, findings)) {
                    return Optional.empty();
                }
                cases.clear();
                bytes = 0;
            }
        }
        return judged(cases, tally, findings) ? Optional.of(findings) : Optional.empty();
    }

    private boolean judged(List<Case> cases, Tally tally, List<Finding> findings) throws InterruptedException {
        Instant now = clock.instant();
        Optional<List<Reply>> replies = inquiry.ask(cases.stream()
                .map(one -> Inquiry.Question.ofEvent(
                        one.subject().credytId(),
                        Inquiry.isFresh(one.subject().acceptedAt().orElse(Instant.EPOCH), now)))
                .toList());
        if (replies.isEmpty()) {
            return false;
        }
        List<Case> missing = new ArrayList<>();
        List<Finding> fresh = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            Reply reply = replies.get().get(i);
            tally.receipt();
            if (reply instanceof Reply.Found found) {
                tally.fees(one.subject(), found.event(), !judge.isToBeBilled(one), isRepair(one));
            }
            Optional<Finding> finding = judge.judge(one, reply);
            finding.ifPresent(each -> {
                fresh.add(each);
                if (each.kind() == FindingKind.MISSING) {
                    missing.add(one);
                }
            });
        }
        fresh.forEach(tally::found);
        findings.addAll(request.repair().mode() == Mode.NONE ? fresh : repaired(fresh, missing, tally));
        return true;
    }

    /** Another receipt of an event that has one already. */
    private static boolean isRepair(Case one) {
        return one.original()
                .flatMap(Original::replayOf)
                .map(id -> id.startsWith(RepairWriter.ID_PREFIX))
                .orElse(false);
    }

    /** The same findings; those of missing events say what became of them. */
    private List<Finding> repaired(List<Finding> findings, List<Case> missing, Tally tally) {
        Iterator<RepairOutcome> outcomes = outcomes(missing).iterator();
        return findings.stream()
                .map(finding -> {
                    if (finding.kind() != FindingKind.MISSING) {
                        return finding;
                    }
                    RepairOutcome outcome = outcomes.next();
                    tally.repair(outcome, 1);
                    return new Finding(finding.kind(), finding.subject(), List.of(), finding.detail() + words(outcome));
                })
                .toList();
    }

    private String words(RepairOutcome outcome) {
        return switch (outcome) {
            case WOULD_SEND -> "; --apply sends it again";
            case SENT -> "; sent again by " + job;
            case SENT_BEFORE -> "; an earlier repair has sent it again: give it time, or use --again";
            case EXPIRED -> "";
        };
    }

    private List<RepairOutcome> outcomes(List<Case> missing) {
        if (missing.isEmpty() || request.repair().mode() != Mode.APPLY) {
            return missing.stream()
                    .map(one -> one.original().isPresent() ? RepairOutcome.WOULD_SEND : RepairOutcome.EXPIRED)
                    .toList();
        }
        if (repairs == null) {
            repairs = new RepairWriter(settings, request.repair(), job, clock);
        }
        return repairs.send(missing);
    }

    @Override
    public void close() {
        if (repairs != null) {
            repairs.close();
        }
    }
}
