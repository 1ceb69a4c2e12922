package dev.outrider.certs.ca;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;

/**
 * One JSON line for each thing issued or refused; never a secret. What cannot be written down is
 * not given out. Any thread.
 */
public interface AuditLog extends AutoCloseable {
    /** The start of a line; the caller adds what it knows and appends it. */
    static ObjectNode line(Instant now, String event) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("time", now.toString())
                .put("event", event);
    }

    void append(ObjectNode line) throws IOException;

    @Override
    void close() throws IOException;
}
