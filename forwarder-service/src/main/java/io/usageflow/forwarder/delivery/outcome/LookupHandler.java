package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.Proof;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles the answer to {@code GET /events/{id}}, sent for an event whose outcome was unclear. One thread. */
final class LookupHandler extends AnswerHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LookupHandler.class);

    LookupHandler(OutcomeHandler handler, Answered answered) {
        super(handler, answered);
    }

    OptionalLong handle(PendingEvent event) {
        String path = "GET /events/" + event.credytId();
        return ParsedResponse.of(answered.answer(), ExpectedBody.event(event.credytId()), now)
                .match(
                        known -> known.result()
                                .match(
                                        found -> handleFound(event),
                                        absent -> handleAbsent(event),
                                        unanswered -> staysUnclear(path + ": " + unanswered.why())),
                        later -> {
                            meters.lookedUp("unclear");
                            var failed = new Retry(path + ": " + later.why(), later.notBefore(), later.overload());
                            destination.failed(answered.request(), customer, failed, answered.sentNanos(), nanos);
                            return stillUnsettled(failed.cause(), failed.notBefore());
                        },
                        refused -> {
                            if (customer.account().isPresent()) {
                                // As AnswerClassifier.classifyInAccount.
                                return staysUnclear(path + ": " + refused.why());
                            }
                            destination.halted(
                                    answered.request(),
                                    new Halt(OutageCause.AUTH, refused.why(), Optional.empty()),
                                    nanos);
                            return OptionalLong.empty();
                        });
    }

    private OptionalLong handleFound(PendingEvent event) {
        meters.lookedUp("found");
        int status = answered.answer().response().map(Answer.Response::status).orElse(0);
        LOG.info(
                "event=settled_by_lookup credyt_event_id={} customer={} status={}",
                event.credytId(),
                VisibleText.logged(customer.value()),
                status);
        destinationHealthy();
        destination.lookups(nanos).succeeded();
        noteAccepted(1);
        deliver(event, Proof.LOOKUP, status);
        if (events.size() == 1) {
            batch.bisector().known();
        } else {
            batch.bisector().partial(Set.of(events.indexOf(event)), Set.of());
        }
        return OptionalLong.empty();
    }

    /** Credyt's refusal stands; without one the event is sent again, until the customer's budget is spent. */
    private OptionalLong handleAbsent(PendingEvent event) {
        meters.lookedUp("absent");
        destinationHealthy();
        destination.lookups(nanos).succeeded();
        Optional<Refused> refused = event.absent();
        if (refused.isPresent()) {
            return handleRefused(refused.get());
        }
        return events.stream().anyMatch(PendingEvent::needsLookup)
                ? OptionalLong.empty()
                : stillUnsettled("unclear answers about events that Credyt reports as absent", Optional.empty());
    }

    private OptionalLong staysUnclear(String why) {
        meters.lookedUp("unclear");
        destinationRefuses(why, Optional.empty());
        return stillUnsettled(why, Optional.empty());
    }

    private OptionalLong stillUnsettled(String cause, Optional<Duration> notBefore) {
        Optional<Long> failedBefore = batch.lastFailureNanos();
        fail(events);
        FailureStatus failure = customerFailed(cause);
        long since = failure.blocked() ? failedBefore.orElse(nanos) : failure.sinceNanos();
        boolean spent = deadLetterPolicy.isSpent(failure, DeadLetterReason.CUSTOMER_BLOCKED);
        if (FailureDecision.afterRefusal(false, destination.acceptedSince(since), spent) == FailureDecision.GIVE_UP) {
            return giveUp(DeadLetterReason.CUSTOMER_BLOCKED, failure, notBefore);
        }
        return retryLater(notBefore);
    }
}
