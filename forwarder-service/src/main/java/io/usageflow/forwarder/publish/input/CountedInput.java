package io.usageflow.forwarder.publish.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that were read of an input. Read by one thread; asked by any. */
public final class CountedInput extends FilterInputStream {
    private volatile long read;

    public CountedInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        add(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        add(Math.max(0, count));
        return count;
    }

    // One thread reads; the volatile is for those that ask.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void add(int count) {
        read += count;
    }

    /** Bytes so far. */
    public long bytesRead() {
        return read;
    }
}
