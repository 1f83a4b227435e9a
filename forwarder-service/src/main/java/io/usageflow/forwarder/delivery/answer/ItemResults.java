package io.usageflow.forwarder.delivery.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of single events in the JSON body of a 2xx. None is documented (docs/credyt-api.md, 3), so the common
 * shapes are read: lists by position, index or id, objects keyed by id, lists of failures or successes, and counts. The
 * rest of the body is searched for ids and words of failure. An event that is named in an unknown place is {@link
 * ItemResult#UNCLEAR}, and a failure without an event makes all events without a result doubtful. Pure.
 *
 * @param results by index into the request; events that the body does not mention have none
 * @param doubt the reason to doubt the events without a result; empty if there is none
 * @param word the text that was not understood or refuses, for messages; foreign text
 * @param refused whether Credyt explicitly refused an event by its id
 */
record ItemResults(Map<Integer, ItemResult> results, Optional<String> doubt, String word, boolean refused) {
    private static final Set<String> RESULT_LISTS = Set.of("", "results", "events", "items", "data", "responses");
    private static final Set<String> FAILED = Set.of("errors", "failed", "failures", "rejected", "invalid");
    private static final Set<String> FAILED_COUNTS =
            Set.of("failedcount", "errorcount", "rejectedcount", "invalidcount");
    private static final Set<String> TAKEN =
            Set.of("accepted", "succeeded", "successes", "successful", "created", "stored", "processed", "ingested");
    private static final Set<String> TAKEN_COUNTS = Set.of("accepted", "acceptedcount");
    private static final Set<String> KNOWN = Set.of("duplicates", "duplicatecount", "duplicateids");
    /** Fields of a problem, which no success has. */
    private static final Set<String> PROBLEM =
            Set.of("title", "detail", "reason", "errordescription", "warning", "warnings");
    /** Fields that wrap the answer. */
    private static final Set<String> WRAPPERS = Set.of("data", "result", "response");

    ItemResults {
        results = Map.copyOf(results);
    }

    /** Reads a body; {@code ids} are the request's event ids, in order. */
    static ItemResults of(JsonNode root, List<String> ids) {
        var reader = new Reader(ids);
        if (root.isArray()) {
            reader.list("", root);
        } else if (root.isObject()) {
            reader.body(root);
        } else if (!root.isNull() && StatusWord.of(root) != StatusWord.ACCEPTED) {
            reader.doubt(root.toString());
        }
        return reader.results();
    }

    /** Reads one body. */
    private static final class Reader {
        private final List<String> ids;
        private final Map<Integer, ItemResult> results = new HashMap<>();
        private @Nullable String doubt;
        private String word = "";
        private boolean refused;
        private boolean listsSuccess;
        private long failedCount;
        private long takenCount = -1;
        private long knownCount;

        Reader(List<String> ids) {
            this.ids = ids;
        }

        ItemResults results() {
            long failed = results.values().stream()
                    .filter(result -> result != ItemResult.ACCEPTED && result != ItemResult.KNOWN)
                    .count();
            if (failedCount > failed) {
                doubt(failedCount + " failures");
            }
            if (takenCount >= 0 && takenCount + knownCount + failed < ids.size()) {
                doubt(takenCount + " accepted of " + ids.size());
            }
            if (listsSuccess && results.size() < ids.size()) {
                doubt("a list of accepted events that leaves events out");
            }
            return new ItemResults(results, Optional.ofNullable(doubt), word, refused);
        }

        /** Reads the answer or the object that it wraps. */
        void body(JsonNode body) {
            int named = ItemStatement.named(body, ids);
            if (named >= 0 || ItemStatement.isEcho(body)) {
                put(named, body, ids.size() == 1 ? 0 : -1, ItemResult.ACCEPTED);
            } else {
                whole(ItemStatement.status(body));
            }
            for (Map.Entry<String, JsonNode> entry : body.properties()) {
                String name = entry.getKey();
                if (!ItemStatement.isEchoed(body, name) && !ItemStatement.isStatus(name, entry.getValue())) {
                    field(name, entry.getValue());
                }
            }
        }

        /** Handles the status of the whole request; 207 announces a status for each event. */
        private void whole(JsonNode status) {
            StatusWord said =
                    status.isMissingNode() || status.asInt(0) == 207 ? StatusWord.ACCEPTED : StatusWord.of(status);
            if (said == StatusWord.LATER || (said == StatusWord.KNOWN && ids.size() == 1)) {
                for (int i = 0; i < ids.size(); i++) {
                    results.put(i, said == StatusWord.LATER ? ItemResult.LATER : ItemResult.KNOWN);
                }
            } else if (said != StatusWord.ACCEPTED) {
                doubt(status.asText());
            }
        }

        private void field(String field, JsonNode value) {
            String name = StatusWord.normal(field);
            if (value.isIntegralNumber() && isCount(name)) {
                count(name, Math.max(0, value.asLong()));
            } else if (value.isArray() && isList(name)) {
                list(name, value);
            } else if (value.isObject() && namesAny(value)) {
                keyedById(name, value);
            } else if (value.isObject() && name.equals("errors")) {
                errors(value);
            } else if (value.isObject() && WRAPPERS.contains(name)) {
                body(value);
            } else {
                other(field, value);
                if (PROBLEM.contains(name) && ItemStatement.says(value)) {
                    doubt(field + " " + value);
                }
            }
        }

        private static boolean isCount(String name) {
            return FAILED.contains(name)
                    || FAILED_COUNTS.contains(name)
                    || TAKEN_COUNTS.contains(name)
                    || KNOWN.contains(name);
        }

        private void count(String name, long count) {
            if (TAKEN_COUNTS.contains(name)) {
                takenCount = count;
            } else if (KNOWN.contains(name)) {
                knownCount = count;
            } else {
                failedCount = Math.max(failedCount, count);
            }
        }

        private static boolean isList(String name) {
            return RESULT_LISTS.contains(name) || FAILED.contains(name) || TAKEN.contains(name) || KNOWN.contains(name);
        }

        /** The result of an item without a status in a list of that name. */
        private static ItemResult meaning(String name) {
            return FAILED.contains(name)
                    ? ItemResult.SUSPECT
                    : KNOWN.contains(name) ? ItemResult.KNOWN : ItemResult.ACCEPTED;
        }

        void list(String name, JsonNode list) {
            boolean positional = RESULT_LISTS.contains(name) && list.size() == ids.size();
            for (int i = 0; i < list.size(); i++) {
                JsonNode item = list.get(i);
                put(ItemStatement.named(item, ids), item, positional ? i : -1, meaning(name));
            }
        }

        /**
         * Notes the result of an item.
         *
         * @param named the event that the item names; -1 if none
         * @param position its index in the request if the list has an item for each event; otherwise -1
         * @param otherwise the result of an item without a status
         */
        private void put(int named, JsonNode item, int position, ItemResult otherwise) {
            boolean bareId = item.isTextual() && named >= 0;
            ItemResult result = bareId ? otherwise : ItemStatement.result(item, otherwise);
            boolean settled = result == ItemResult.ACCEPTED || result == ItemResult.KNOWN;
            int index = named >= 0 ? named : position;
            if (index >= 0) {
                listsSuccess |= settled;
                put(index, result);
            }
            if (!settled) {
                word = item.toString();
                refused |= ItemStatement.namedById(item, ids) >= 0 && ItemStatement.refuses(item);
                if (index < 0) {
                    doubt(word);
                }
            }
        }

        /** Merges the results of an event; contradictory ones are unclear. */
        private void put(int index, ItemResult result) {
            boolean settles = result == ItemResult.ACCEPTED || result == ItemResult.KNOWN;
            results.merge(
                    index,
                    result,
                    (before, now) -> before == now
                            ? now
                            : settles && (before == ItemResult.ACCEPTED || before == ItemResult.KNOWN)
                                    ? ItemResult.KNOWN
                                    : ItemResult.UNCLEAR);
        }

        private boolean namesAny(JsonNode object) {
            return object.properties().stream().anyMatch(entry -> ids.contains(entry.getKey()));
        }

        /** {@code {"results": {"the id": {"status": ...}}}}, {@code {"errors": {"the id": [...]}}}. */
        private void keyedById(String name, JsonNode results) {
            for (Map.Entry<String, JsonNode> entry : results.properties()) {
                int index = ids.indexOf(entry.getKey());
                boolean statement = isList(name) && entry.getValue().isObject();
                if (index < 0) {
                    other(entry.getKey(), entry.getValue());
                } else if (statement) {
                    put(index, entry.getValue(), -1, meaning(name));
                } else {
                    word = entry.toString();
                    put(index, FAILED.contains(name) ? ItemResult.SUSPECT : ItemResult.UNCLEAR);
                }
            }
        }

        /**
         * Reads the errors of a ValidationProblem. An index alone never settles an event, since a wrong index would
         * lose it.
         */
        private void errors(JsonNode errors) {
            ErrorBody body = ErrorBody.of(JsonNodeFactory.instance.objectNode().set("errors", errors));
            for (ErrorBody.Complaint complaint : body.complaints()) {
                int named = complaint.namedIn(ids);
                int index = named >= 0 ? named : complaint.key().index().orElse(-1);
                word = complaint.key().field() + " " + complaint.message();
                if (index < 0 || index >= ids.size()) {
                    doubt(word);
                } else {
                    boolean proved = (named >= 0 || ids.size() == 1) && complaint.provesExistence(ids, false);
                    put(index, proved ? ItemResult.KNOWN : ItemResult.SUSPECT);
                }
            }
        }

        /** Searches an unknown field for ids and words of failure; otherwise it is ignored. */
        private void other(String name, JsonNode value) {
            int named = value.isTextual() ? ids.indexOf(value.asText()) : ids.indexOf(name);
            if (named >= 0 && !StatusWord.normal(name).equals("id")) {
                word = name + " " + value;
                put(named, ItemResult.UNCLEAR);
            }
            boolean status = ItemStatement.isStatus(name, value) && StatusWord.of(value) != StatusWord.ACCEPTED;
            if (status || ItemStatement.isFailure(name, value) || ItemStatement.soundsBad(name, value)) {
                doubt(name + " " + value);
            }
            if (value.isArray()) {
                value.forEach(element -> other("", element));
            }
            value.properties().forEach(entry -> other(entry.getKey(), entry.getValue()));
        }

        private void doubt(String why) {
            doubt = doubt == null ? why : doubt;
        }
    }
}
