package io.usageflow.forwarder.observe.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often an address has sent a wrong token lately. The /64 of an IPv6 address counts as one, since one sender may
 * use the whole block. Bounded in memory: the address that has been known for the longest makes room. Thread-safe.
 */
final class FailedTokens {
    static final int FAILURES_MAX = 10;
    static final Duration WITHIN = Duration.ofMinutes(1);
    static final int ADDRESSES_MAX = 1_024;

    private static final int SITE_BYTES = 8;

    private final LongSupplier nanoClock;
    private final Map<String, Deque<Long>> nanosByAddress = new LinkedHashMap<>();

    FailedTokens(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Whether {@value #FAILURES_MAX} tokens were wrong within {@link #WITHIN}. */
    synchronized boolean tooMany(String address) {
        Deque<Long> failures = nanosByAddress.get(site(address));
        return failures != null
                && failures.size() == FAILURES_MAX
                && nanoClock.getAsLong() - failures.getFirst() < WITHIN.toNanos();
    }

    synchronized void add(String address) {
        String site = site(address);
        if (!nanosByAddress.containsKey(site) && nanosByAddress.size() == ADDRESSES_MAX) {
            nanosByAddress.remove(nanosByAddress.keySet().iterator().next());
        }
        Deque<Long> failures = nanosByAddress.computeIfAbsent(site, first -> new ArrayDeque<>());
        if (failures.size() == FAILURES_MAX) {
            failures.removeFirst();
        }
        failures.addLast(nanoClock.getAsLong());
    }

    /** @param address numeric, so that no name is looked up */
    private static String site(String address) {
        try {
            return InetAddress.getByName(address) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), SITE_BYTES))
                    : address;
        } catch (UnknownHostException unusual) {
            return address;
        }
    }
}
