package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.Position.Passed;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Which entries of the input are done with from the front: those before which nothing is open. Entries settle in any
 * order, a position is only ever behind the settled run from the beginning, so that nothing is skipped when a run goes on
 * there. What failed stays in front for ever: it must be sent again, and all after it. Holds {@value
 * #ENTRIES_MAX} entries at most. Thread-safe.
 */
final class CompletedPrefix {
    static final int ENTRIES_MAX = 10_000;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long open;
    private boolean stuck;

    /** One entry on its way. */
    static final class Entry {
        private final ParsedLine line;
        private final Passed passed;
        private State state = State.OPEN;

        private Entry(ParsedLine line, Passed passed) {
            this.line = line;
            this.passed = passed;
        }

        ParsedLine line() {
            return line;
        }

        Passed passed() {
            return passed;
        }

        State state() {
            return state;
        }
    }

    enum State {
        OPEN,
        DURABLE,
        /** Not sent: it says what an earlier one does. */
        REPEATED,
        BAD,
        FAILED
    }

    /** Returns the entry, or nothing if there was no room within the time. */
    synchronized Optional<Entry> begin(ParsedLine line, Passed passed, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (entries.size() >= ENTRIES_MAX) {
            if (isPassable()) {
                // The caller must take out what has settled: that makes the room.
                return Optional.empty();
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
        var entry = new Entry(line, passed);
        entries.addLast(entry);
        open++;
        return Optional.of(entry);
    }

    private boolean isPassable() {
        return stuck ? open < entries.size() : entries.getFirst().state != State.OPEN;
    }

    synchronized void settle(Entry entry, State state) {
        entry.state = state;
        open--;
        notifyAll();
    }

    /**
     * Takes out what is done with from the front, in order, up to the first that failed.
     */
    synchronized List<Entry> advance() {
        var passed = new ArrayList<Entry>();
        while (!entries.isEmpty() && !stuck) {
            Entry first = entries.getFirst();
            if (first.state == State.OPEN) {
                break;
            }
            stuck = first.state == State.FAILED;
            if (!stuck) {
                passed.add(entries.removeFirst());
            }
        }
        return passed;
    }

    /** Behind what failed: what has settled since, so that it need not be kept. */
    synchronized List<Entry> takeStranded() {
        if (!stuck) {
            return List.of();
        }
        var settled = new ArrayList<Entry>();
        entries.removeIf(entry -> {
            if (entry.state == State.OPEN) {
                return false;
            }
            settled.add(entry);
            return true;
        });
        return settled;
    }

    /** Whether something failed, so that no later position can be told. */
    synchronized boolean isStuck() {
        return stuck;
    }

    /** Returns whether nothing is under way any more. */
    synchronized boolean awaitIdle(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (open > 0) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
