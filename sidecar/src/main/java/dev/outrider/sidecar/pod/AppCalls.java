package dev.outrider.sidecar.pod;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the app. All that happens on one has a single deadline, at which it is
 * closed under the hands of whoever uses it: a timeout of each read would let an app go on for ever
 * by a byte at a time.
 *
 * @param own the proxy's own ports, which are never called
 * @param source what to call an address from, null for whatever the kernel takes
 */
record AppCalls(
        Predicate<InetSocketAddress> own,
        Function<InetSocketAddress, @Nullable InetSocketAddress> source) {
    private static final Logger LOG = LoggerFactory.getLogger(AppCalls.class);

    /** What is done with a connection; the caller closes it. */
    @FunctionalInterface
    interface Use<T> {
        T of(Socket socket) throws IOException;
    }

    /** An {@link IOException} says in a few words what went wrong. */
    <T> T call(InetSocketAddress app, Duration left, Use<T> use) throws IOException {
        if (own.test(app)) {
            throw new IOException("port " + app.getPort() + " is the proxy's own");
        }
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean late = new AtomicBoolean();
        try (Socket socket = new Socket()) {
            var _ =
                    Thread.ofVirtual()
                            .name("app-deadline")
                            .start(() -> closeLate(socket, left, done, late));
            socket.setTcpNoDelay(true);
            InetSocketAddress from = source.apply(app);
            if (from != null) {
                socket.bind(from);
            }
            socket.connect(app);
            return use.of(socket);
        } catch (IOException e) {
            if (late.get()) {
                throw new SocketTimeoutException("no answer in time");
            }
            throw e;
        } finally {
            done.countDown();
        }
    }

    private static void closeLate(
            Socket socket, Duration left, CountDownLatch done, AtomicBoolean late) {
        try {
            if (!done.await(left.toNanos(), TimeUnit.NANOSECONDS)) {
                late.set(true);
                socket.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("closing a late connection to the app", e);
        }
    }
}
