package io.usageflow.benchmarks.producer;

import java.util.HashMap;
import java.util.Map;

/** What is compared. */
public enum ProducerSide {
    RAW("raw", "KafkaProducer.send of the Avro record, with our Avro serializer and a callback"),
    PUBLISHER("publisher", "UsagePublisher.publish"),
    SPOOL("spool", "UsagePublisher.publish with a spool: durable when it is on disk");

    private final String word;
    private final String what;

    ProducerSide(String word, String what) {
        this.word = word;
        this.what = what;
    }

    String word() {
        return word;
    }

    String what() {
        return what;
    }

    /** Opens it. @param settings as {@link ProducerSettings} has them for this side */
    Sender open(Map<String, String> settings) {
        return this == RAW ? new RawSender(new HashMap<>(settings)) : new PublisherSender(settings);
    }
}
