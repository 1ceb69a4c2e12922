package dev.outrider.injector.webhook;

import java.io.IOException;
import java.util.Map;

/** What is known of namespaces; a review does not say it. */
public interface Namespaces {
    /** Labels and annotations of one. */
    record Namespace(Map<String, String> labels, Map<String, String> annotations) {
        public Namespace {
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }
    }

    /** May block, for less than the API server waits. The exception's message is for people. */
    Namespace named(String name) throws IOException;
}
