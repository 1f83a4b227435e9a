/** The switches of the sandbox, one for each point on which Credyt's sources are silent, with their defaults. */
@NullMarked
package io.usageflow.sandbox.behaviour;

import org.jspecify.annotations.NullMarked;
