package dev.outrider.sidecar.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Netty's epoll handler with a mend. A channel that waits for nothing, such as a half-closed one
 * with nothing to write, is taken out of the kernel's set (Netty's change 16689), but Netty 4.2.18
 * to 4.2.20 do not know that it has to be added anew: the next wish, say to hear when more can be
 * written, fails with ENOENT, and the rest of a response to a client that has closed its half would
 * be lost. Here such a channel's registration is given up, and made anew at its next wish.
 *
 * <p>To be deleted when Netty does so itself; RejoiningEpollTest tells. On its event loop.
 */
final class RejoiningEpoll implements IoHandler {
    private final IoHandler epoll;

    /** Those that wait for nothing, which Netty's handler does not know meanwhile. */
    private final Set<Registration> apart = new LinkedHashSet<>();

    private RejoiningEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new RejoiningEpoll(factory.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return factory.isChangingThreadSupported();
            }
        };
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
        for (Registration each : List.copyOf(apart)) {
            each.close();
        }
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return new Registration(handle, epoll.register(handle));
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return epoll.isCompatible(type);
    }

    private final class Registration implements IoRegistration {
        private final IoHandle handle;
        private IoRegistration inner;
        private boolean joined;
        private boolean cancelled;

        Registration(IoHandle handle, IoRegistration inner) {
            this.handle = handle;
            this.inner = inner;
        }

        @Override
        public <T> T attachment() {
            return inner.attachment();
        }

        @Override
        public long submit(IoOps ops) {
            if (cancelled) {
                return -1;
            }
            if (ops.equals(EpollIoOps.NONE)) {
                leave();
                return EpollIoOps.NONE.value();
            }
            if (apart.remove(this)) {
                rejoin();
            }
            joined = true;
            return inner.submit(ops);
        }

        private void leave() {
            // Before its first wish the kernel does not know it, and Netty knows that.
            if (joined && apart.add(this)) {
                inner.cancel();
            }
        }

        private void rejoin() {
            try {
                inner = epoll.register(handle);
            } catch (Exception e) {
                throw new IllegalStateException("cannot be watched any more", e);
            }
        }

        @Override
        public boolean isValid() {
            return !cancelled && (apart.contains(this) || inner.isValid());
        }

        @Override
        public boolean cancel() {
            if (cancelled) {
                return false;
            }
            cancelled = true;
            return apart.remove(this) || inner.cancel();
        }

        private void close() {
            cancel();
            try {
                handle.close();
            } catch (Exception e) {
                // The loop ends, and everything with it.
                return;
            }
        }
    }
}
