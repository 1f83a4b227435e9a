package io.usageflow.cli.dev;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.cli.Http;
import io.usageflow.sandbox.CredytSandbox;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What tests against the Credyt stand-in depend on: its routes and its options. */
class SandboxSurfaceIT {
    @Test
    void shouldKeepRoutesAndOptions() throws Exception {
        try (CredytSandbox sandbox = CredytSandbox.start()) {
            JsonNode routes = new ObjectMapper().readTree(Http.get(sandbox.url() + "/__sandbox"));
            var lines = new ArrayList<String>();
            routes.path("routes").forEach(route -> lines.add(route.asText()));
            routes.path("api").forEach(route -> lines.add(route.asText()));
            requireUnchanged("Routes of the sandbox", lines);

            var options = new ArrayList<String>();
            gather("", new ObjectMapper().readTree(Http.get(sandbox.url() + "/__sandbox/options")), options);
            requireUnchanged("Options of the sandbox", options);
        }
    }

    private static void gather(String path, JsonNode node, List<String> options) {
        if (node.isObject()) {
            node.properties()
                    .forEach(option ->
                            gather(path + (path.isEmpty() ? "" : ".") + option.getKey(), option.getValue(), options));
        } else {
            options.add(path + " = " + node);
        }
    }
}
