package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.answer.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.avro.Proof;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to a lookup, {@code GET /events/{id}}, of one event of a batch whose outcome was unclear. One thread. */
final class LookupHandler extends AnswerActions {
    private static final Logger LOG = LoggerFactory.getLogger(LookupHandler.class);

    LookupHandler(OutcomeHandler handler, Answered answered) {
        super(handler, answered);
    }

    /** What Credyt says of an event that it was asked for. */
    OptionalLong lookedUp(PendingEvent event) {
        String path = "GET /events/" + event.credytId();
        return ParsedResponse.of(answered.answer(), ExpectedBody.event(event.credytId()), now)
                .match(
                        known -> known.result()
                                .match(
                                        found -> isThere(event),
                                        absent -> isNotThere(event),
                                        unanswered -> staysUnclear(path + ": " + unanswered.why())),
                        later -> {
                            meters.lookedUp("unclear");
                            var failed = new Retry(path + ": " + later.why(), later.notBefore(), later.overload());
                            destination.failed(answered.request(), customer, failed, answered.sentNanos(), nanos);
                            return stillUnsettled(failed.cause(), failed.notBefore());
                        },
                        refused -> {
                            destination.halted(
                                    answered.request(),
                                    new Halt(OutageCause.AUTH, refused.why(), Optional.empty()),
                                    nanos);
                            return OptionalLong.empty();
                        });
    }

    private OptionalLong isThere(PendingEvent event) {
        meters.lookedUp("found");
        int status = answered.answer().response().map(Answer.Response::status).orElse(0);
        LOG.info(
                "event=settled_by_lookup credyt_event_id={} customer={} status={}",
                event.credytId(),
                VisibleText.logged(customer.value()),
                status);
        destinationIsWell();
        destination.lookups(nanos).succeeded();
        destination.accepted(1, nanos);
        customerIsWell();
        deliver(event, Proof.LOOKUP, status);
        batch.bisector().divided(Set.of(events.indexOf(event)), Set.of());
        return settleCulprits();
    }

    /** It is sent again, until the customer's budget is spent. */
    private OptionalLong isNotThere(PendingEvent event) {
        meters.lookedUp("absent");
        destinationIsWell();
        destination.lookups(nanos).succeeded();
        event.absent();
        return events.stream().anyMatch(PendingEvent::needsLookup)
                ? OptionalLong.empty()
                : stillUnsettled(
                        "answers that are not understood, of events that Credyt says it does not have",
                        Optional.empty());
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
            return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, notBefore);
        }
        return again(notBefore);
    }
}
