package dev.outrider.certs.ca;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The audit log on standard output, for whoever collects a container's lines. Marked {@code "log":
 * "audit"}, so that it can be told from other lines.
 */
public final class AuditStream implements AuditLog {
    private final PrintStream out;

    public AuditStream(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void append(ObjectNode line) throws IOException {
        byte[] bytes = (line.put("log", "audit") + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
        if (out.checkError()) {
            throw new IOException("standard output does not take the audit log");
        }
    }

    /** Standard output is not ours to close. */
    @Override
    public void close() {}
}
