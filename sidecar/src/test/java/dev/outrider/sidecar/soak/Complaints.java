package dev.outrider.sidecar.soak;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What is logged while this is open that a sound sidecar never logs, whatever its peers do. */
final class Complaints extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    Complaints() {
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
    }

    List<String> all() {
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean netty = event.getLoggerName().startsWith("io.netty");
        if (event.getLevel().isGreaterOrEqual(netty ? Level.WARN : Level.ERROR)) {
            lines.add(event.getLoggerName() + ": " + event.getFormattedMessage());
        }
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
    }
}
