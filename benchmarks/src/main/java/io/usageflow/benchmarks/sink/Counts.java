package io.usageflow.benchmarks.sink;

import java.util.Arrays;

/**
 * What has come to the sink of one lane. Immutable.
 *
 * @param requests answered or being thought about
 * @param distinct events by id
 * @param repeats events that came before
 * @param foreign events that no one sent in this lane
 * @param sampled the sum of the CRC-32 of the sampled events' bytes, each once: the same for any order
 */
public record Counts(long requests, long distinct, long repeats, long foreign, long sampled) {
    String line() {
        return requests + " " + distinct + " " + repeats + " " + foreign + " " + sampled;
    }

    static Counts parse(String line) {
        long[] numbers =
                Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Counts(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }
}
