package io.usageflow.forwarder.observe.http;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the admin server's connections in number and time, so that no reader exhausts the process's file descriptors.
 * One that has sent no whole request makes room for a new one: slow connections, however many, do not keep out those
 * that ask at once, such as health checks. Thread-safe.
 */
final class ConnectionLimits implements Connection.Listener {
    static final int CONNECTIONS_MAX = 256;
    static final long REQUEST_WITHIN_MS = 5_000;
    static final long ANSWER_WITHIN_MS = 30_000;

    private final Scheduler scheduler;
    private final Map<Connection, Deadline> open = new LinkedHashMap<>();

    ConnectionLimits(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    private record Deadline(Scheduler.Task task, boolean asked) {}

    @Override
    public void onOpened(Connection connection) {
        Connection displaced;
        synchronized (this) {
            displaced = open.size() < CONNECTIONS_MAX ? null : oldestWithoutRequest(connection);
            if (displaced != connection) {
                open.put(connection, closing(connection, REQUEST_WITHIN_MS, false));
            }
        }
        if (displaced != null) {
            displaced.close();
        }
    }

    /** The connection has sent a whole request head: from now on it is the answer's time that counts. */
    synchronized void asked(Connection connection) {
        Deadline before = open.get(connection);
        if (before != null && !before.asked()) {
            before.task().cancel();
            open.put(connection, closing(connection, ANSWER_WITHIN_MS, true));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        Deadline deadline = remove(connection);
        if (deadline != null) {
            deadline.task().cancel();
        }
    }

    private synchronized @Nullable Deadline remove(Connection connection) {
        return open.remove(connection);
    }

    private Deadline closing(Connection connection, long withinMs, boolean asked) {
        return new Deadline(scheduler.schedule(connection::close, withinMs, TimeUnit.MILLISECONDS), asked);
    }

    /** The new one itself where all others are being answered. */
    private Connection oldestWithoutRequest(Connection newest) {
        Iterator<Map.Entry<Connection, Deadline>> all = open.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Connection, Deadline> each = all.next();
            if (!each.getValue().asked()) {
                all.remove();
                each.getValue().task().cancel();
                return each.getKey();
            }
        }
        return newest;
    }
}
