package dev.outrider.sidecar.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * How the process logs: one line for each message, on stderr, for stdout belongs to the access log.
 * Logback finds it as a service. In place of a {@code logback.xml}, whose reading would load an XML
 * parser and 300 classes more before the first port opens. Once, on the thread that logs first.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogLayout layout = new LogLayout();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setName("stderr");
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(stderr);
        // It tells at INFO of each frame that comes for a stream that was reset.
        context.getLogger("io.netty.handler.codec.http2").setLevel(Level.WARN);
        // It tells of each try to reconnect, with traces; package redis says what matters.
        context.getLogger("io.lettuce").setLevel(Level.ERROR);
        // Ports and readiness, which tools wait for: said whatever the level of the rest.
        context.getLogger("dev.outrider.start").setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
