package dev.outrider.sidecar.observe;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log's thread: takes events, formats them, writes them in batches. It looks at the
 * queue every so often instead of being woken, which would cost the loops a system call.
 */
final class AccessLogWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
    private static final int BATCH_BYTES = 48 * 1024;
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Queue<LogEvent> queue;
    private final LogFile file;
    private final AccessLine line;
    private final JsonBuffer buffer = new JsonBuffer();
    private @Nullable WritableByteChannel channel;
    private volatile boolean reopen;
    private volatile boolean stopping;
    private volatile long failures;

    AccessLogWriter(Queue<LogEvent> queue, LogFile file, AccessLine line) {
        this.queue = queue;
        this.file = file;
        this.line = line;
    }

    void reopen() {
        reopen = true;
    }

    void stop() {
        stopping = true;
    }

    long failures() {
        return failures;
    }

    @Override
    public void run() {
        while (true) {
            boolean last = stopping;
            fill();
            if (buffer.size() == 0) {
                if (last) {
                    break;
                }
                LockSupport.parkNanos(IDLE_NANOS);
            } else if (!write()) {
                if (last) {
                    break;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        closeChannel();
    }

    private void fill() {
        while (buffer.size() < BATCH_BYTES) {
            LogEvent event = queue.poll();
            if (event == null) {
                return;
            }
            line.write(event, buffer);
        }
    }

    /** What could not be written stays in the buffer, at the byte where it stopped. */
    private boolean write() {
        try {
            if (reopen) {
                reopen = false;
                closeChannel();
            }
            WritableByteChannel open = channel;
            if (open == null) {
                open = file.open();
                channel = open;
            }
            buffer.writeTo(open);
            return true;
        } catch (IOException e) {
            failed(e);
            closeChannel();
            return false;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes it
    private void failed(IOException e) {
        if (failures == 0) {
            LOG.warn("the access log cannot be written, lines may be lost: {}", e.toString());
        }
        failures++;
    }

    private void closeChannel() {
        WritableByteChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("closing the access log failed: {}", e.toString());
            }
        }
    }
}
