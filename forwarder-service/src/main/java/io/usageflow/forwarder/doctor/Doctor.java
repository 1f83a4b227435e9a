package io.usageflow.forwarder.doctor;

import io.usageflow.forwarder.doctor.Check.NotReachableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs checks side by side, and waits for none of them longer than a bound. For one run. */
public final class Doctor {
    private final Duration atMost;

    /** @param atMost for each check, counted from the beginning of all */
    public Doctor(Duration atMost) {
        this.atMost = atMost;
    }

    /** In the order of the checks. A check that fails to look is a finding as well; none keeps another from running. */
    public List<CheckResult> examine(List<Check> checks) throws InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "doctor");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<List<CheckResult>>> looking = new ArrayList<>();
            for (Check check : checks) {
                looking.add(threads.submit(check.look()));
            }
            long deadline = System.nanoTime() + atMost.toNanos();
            List<CheckResult> findings = new ArrayList<>();
            for (int index = 0; index < checks.size(); index++) {
                findings.addAll(finding(checks.get(index), looking.get(index), deadline));
            }
            return findings;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<CheckResult> finding(Check check, Future<List<CheckResult>> looking, long deadline)
            throws InterruptedException {
        try {
            return looking.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            looking.cancel(true);
            return List.of(CheckResult.fail(
                    check.name(),
                    "no answer within " + atMost.toSeconds() + " s",
                    "look at what answers so slowly, and run doctor again"));
        } catch (ExecutionException failed) {
            Throwable why = failed.getCause() == null ? failed : failed.getCause();
            return List.of(
                    why instanceof NotReachableException
                            ? CheckResult.skipped(check.name(), String.valueOf(why.getMessage()))
                            : CheckResult.fail(
                                    check.name(),
                                    "could not be looked at: " + said(why),
                                    "remove what is said to be in the way, and run doctor again"));
        }
    }

    private static String said(Throwable why) {
        String message = why.getMessage();
        return message == null
                ? why.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
