package io.usageflow.schema.registry;

import org.apache.avro.Schema;

/**
 * One version of a subject.
 *
 * @param version counts from 1 within its subject
 * @param id of the schema, the same under every subject that has it
 */
public record RegisteredSchema(String subject, int version, int id, Schema schema) {}
