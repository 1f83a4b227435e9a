package io.usageflow.forwarder.admission.dedup.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The ids of a few sources together, in the order of their hashes. */
final class MergedIds implements SortedIds {
    private final List<SortedIds> sources;
    private boolean begun;
    private SortedIds least;

    MergedIds(List<SortedIds> sources) {
        this.sources = new ArrayList<>(sources);
        this.least = sources.get(0);
    }

    @Override
    public boolean next() throws IOException {
        if (!begun) {
            begun = true;
            for (SortedIds source : List.copyOf(sources)) {
                advance(source);
            }
        } else {
            advance(least);
        }
        if (sources.isEmpty()) {
            return false;
        }
        least = sources.get(0);
        for (SortedIds source : sources) {
            if (source.hash() < least.hash()) {
                least = source;
            }
        }
        return true;
    }

    @Override
    public long hash() {
        return least.hash();
    }

    @Override
    public long ordinal() {
        return least.ordinal();
    }

    private void advance(SortedIds source) throws IOException {
        if (!source.next()) {
            sources.remove(source);
        }
    }
}
