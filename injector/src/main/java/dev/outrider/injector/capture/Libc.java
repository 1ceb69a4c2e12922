package dev.outrider.injector.capture;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of the C library that Java's sockets have no name for: the original destination is an
 * option of a descriptor that Java does not give out, and the ids are of a thread. The numbers are
 * those of Linux on x86-64 and AArch64, which agree in them.
 */
final class Libc {
    static final int EADDRINUSE = 98;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = handle("listen", JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = handle("accept", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle POLL = handle("poll", ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT);
    private static final MethodHandle SET_OPTION =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GET_OPTION =
            handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SET_FS_UID = handle("setfsuid", JAVA_INT);
    private static final MethodHandle SET_FS_GID = handle("setfsgid", JAVA_INT);

    private Libc() {}

    static int socket(int family, int type) throws IOException {
        return call("socket", SOCKET, family, type, 0);
    }

    static void bind(int socket, MemorySegment address) throws IOException {
        call("bind", BIND, socket, address, (int) address.byteSize());
    }

    static void listen(int socket, int backlog) throws IOException {
        call("listen", LISTEN, socket, backlog);
    }

    static int accept(int socket, MemorySegment peer, MemorySegment length) throws IOException {
        return call("accept", ACCEPT, socket, peer, length);
    }

    /** How many of the polled are ready; 0 when the time is over. */
    static int poll(MemorySegment polled, int millis) throws IOException {
        return call("poll", POLL, polled, 1L, millis);
    }

    static void close(int socket) throws IOException {
        call("close", CLOSE, socket);
    }

    static void setOption(int socket, int level, int option, MemorySegment value)
            throws IOException {
        call("setsockopt", SET_OPTION, socket, level, option, value, (int) value.byteSize());
    }

    static void getOption(
            int socket, int level, int option, MemorySegment value, MemorySegment length)
            throws IOException {
        call("getsockopt", GET_OPTION, socket, level, option, value, length);
    }

    /** Gives this thread the ids that its new sockets will belong to. */
    static void actAs(Identity identity) throws IOException {
        // These two return the former id and never an error, so the second call asks.
        call("setfsgid", SET_FS_GID, (int) identity.gid());
        call("setfsuid", SET_FS_UID, (int) identity.uid());
        if (call("setfsgid", SET_FS_GID, -1) != (int) identity.gid()
                || call("setfsuid", SET_FS_UID, -1) != (int) identity.uid()) {
            throw new IOException("the kernel does not let this process act as " + identity.uid());
        }
    }

    /** A call failed; the number is of errno.h. */
    static final class CallException extends IOException {
        private static final long serialVersionUID = 1;
        private final int errno;

        CallException(String function, int errno) {
            super(function + " failed with errno " + errno);
            this.errno = errno;
        }

        int errno() {
            return errno;
        }
    }

    private static int call(String function, MethodHandle handle, Object... arguments)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            int result = (int) handle.invokeWithArguments(all);
            if (result == -1) {
                throw new CallException(function, (int) ERRNO_OF.get(state, 0L));
            }
            return result;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(function + " throws nothing of its own", e);
        }
    }

    /** A function that takes these and returns an int. */
    @SuppressWarnings("restricted") // native access is what this class is for
    private static MethodHandle handle(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, arguments),
                ERRNO);
    }
}
