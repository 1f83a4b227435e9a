/**
 * {@code /__sandbox/...}: the typed control of the sandbox over HTTP. Never part of Credyt; open, since it listens on
 * 127.0.0.1 only.
 */
@NullMarked
package io.usageflow.sandbox.admin;

import org.jspecify.annotations.NullMarked;
