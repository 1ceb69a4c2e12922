package dev.outrider.sidecar;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of the operating system. Java offers shutdown hooks only: those come once, so a
 * second SIGTERM cannot cut a drain short, they leave Java to end with 143 however well it stopped,
 * and they take SIGHUP for an end. The class behind {@code sun.misc.Signal} is exported and
 * supported by every JDK, but javac warns of its name in a way that nothing switches off and that
 * our build takes for an error; so it is looked up here, and nowhere else.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Runs {@code action} on a thread of the JVM's each time; {@code name} without SIG. */
    @SuppressWarnings("ReferenceEquality") // a handler is equal to itself alone
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            action.run();
                                            yield null;
                                        }
                                        case "equals" -> arguments[0] == self;
                                        case "hashCode" -> System.identityHashCode(self);
                                        default -> "handler of SIG" + name;
                                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Such as a JVM that was told to leave signals alone (-Xrs).
            LOG.warn("SIG{} does what Java makes of it: {}", name, e.toString());
        }
    }
}
