package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.Position.Passed;
import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Tracks the settled entries from the start of the input. Entries settle in any order, but the position only advances
 * over a contiguous settled run, so that a resumed run skips nothing. A failed entry stops the position: it and all
 * later entries must be sent again. Holds at most {@value #ENTRIES_MAX} entries. Thread-safe.
 */
final class CompletedPrefix {
    static final int ENTRIES_MAX = 10_000;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long open;
    private boolean stuck;

    /** An entry in flight. */
    static final class Entry {
        final ParsedLine line;
        final Passed passed;
        private State state = State.OPEN;

        private Entry(ParsedLine line, Passed passed) {
            this.line = line;
            this.passed = passed;
        }

        State state() {
            return state;
        }
    }

    enum State {
        OPEN,
        DURABLE,
        /** Not sent, because it repeats an earlier entry. */
        REPEATED,
        BAD,
        FAILED
    }

    /** Adds an entry; returns nothing if there was no room within the time. */
    synchronized Optional<Entry> begin(ParsedLine line, Passed passed, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (entries.size() >= ENTRIES_MAX) {
            if (isPassable()) {
                // The caller must take out settled entries to make room.
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
     * Takes out the settled entries from the front, in order, up to the first failed one.
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

    /** Takes out the settled entries behind a failed one, which need not be kept. */
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

    /** Whether an entry failed, so that the position cannot advance. */
    synchronized boolean isStuck() {
        return stuck;
    }

    /** Returns whether nothing is in flight any more. */
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
