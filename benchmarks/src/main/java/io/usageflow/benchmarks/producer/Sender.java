package io.usageflow.benchmarks.producer;

/** One way to send usage to Kafka. Used by one thread. */
interface Sender extends AutoCloseable {
    /** Makes the event from what the application knows, and hands it over. */
    void send(Usage usage);

    /** Makes the events ahead of {@link #sendMade}. */
    void make(Usage[] usages);

    /** Hands over an event that was made before. */
    void sendMade(int index);

    /** Returns when all that was handed over is durable. @throws IllegalStateException where something is not */
    void awaitDurable();

    /** For the time after a measurement: returns when Kafka has all of it. */
    void awaitKafka();

    @Override
    void close();
}
