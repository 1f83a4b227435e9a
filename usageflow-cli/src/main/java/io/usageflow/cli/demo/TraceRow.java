package io.usageflow.cli.demo;

import java.time.Instant;

/**
 * One request to a language model, as a trace records it.
 *
 * @param service the trace it came from, such as {@code azure-llm-conv}
 * @param line its line in that trace, from 2 since the first is the header; with service it identifies the request
 * @param at when it was made
 * @param inputTokens at least 0
 * @param outputTokens at least 0
 */
public record TraceRow(String service, long line, Instant at, long inputTokens, long outputTokens) {}
