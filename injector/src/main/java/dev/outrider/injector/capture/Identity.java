package dev.outrider.injector.capture;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

/**
 * A user and a group that sockets can belong to. Linux keeps these ids per thread (setfsuid(2)),
 * and a rule that matches the owner reads them from the socket, so a thread can open sockets as the
 * proxy or the app would, without a process of their own.
 */
record Identity(long uid, long gid) {
    private static final long NOBODY = 65_534;

    /** Somebody who is none of these. */
    static Identity outside(Owners owners, Identity preferred) {
        return new Identity(
                apart(preferred.uid, owners.uids()), apart(preferred.gid, owners.gids()));
    }

    private static long apart(long preferred, List<Long> taken) {
        return LongStream.concat(LongStream.of(preferred), LongStream.iterate(NOBODY, id -> id - 1))
                .filter(id -> !taken.contains(id))
                .findFirst()
                .orElseThrow();
    }

    /** Does the work on a thread of its own that has these ids. */
    <T> T run(Callable<T> work) throws Exception {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    // The group first: a thread that has left root may not change it.
                    Libc.actAs(this);
                    return work.call();
                });
        Thread.ofPlatform().name("as-" + uid).daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw e;
        }
    }
}
