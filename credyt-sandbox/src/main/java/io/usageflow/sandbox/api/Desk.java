package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.books.Books;
import io.usageflow.sandbox.http.Answer;
import io.usageflow.sandbox.http.ApiRequest;
import io.usageflow.sandbox.http.Page;
import io.usageflow.sandbox.http.Problems;
import io.usageflow.sandbox.json.FieldErrors;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What every operation works with: the books, and how to answer the usual things. */
record Desk(Books books, Supplier<Behaviour> behaviour) {
    Answer invalid(FieldErrors errors) {
        return Problems.invalid(errors, behaviour.get().answers().errorKeys());
    }

    Answer invalid(String path, String message) {
        return invalid(FieldErrors.of(path, message));
    }

    /** One thing by its id. */
    <T> Answer one(String what, String id, Supplier<Optional<T>> find, Function<T, JsonNode> view) {
        return books.locked(() -> find.get().map(view)).map(Answer::ok).orElseGet(() -> Problems.notFound(what, id));
    }

    /** @param all called under the lock */
    <T> Answer page(ApiRequest request, Supplier<List<T>> all, Function<T, JsonNode> view) {
        FieldErrors errors = new FieldErrors();
        Page page = Page.of(request.query(), errors);
        return page == null ? invalid(errors) : Answer.ok(books.locked(() -> page.of(all.get(), view)));
    }
}
