/** A service that answers chats and publishes what each answer used and cost. */
@NullMarked
package io.usageflow.example.chat;

import org.jspecify.annotations.NullMarked;
