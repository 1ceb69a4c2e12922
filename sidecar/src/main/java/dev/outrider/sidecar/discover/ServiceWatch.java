package dev.outrider.sidecar.discover;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one Service of the cluster. Read on any thread; only {@link Cluster} changes it,
 * under its lock.
 */
public final class ServiceWatch {
    private final ServiceName name;
    private final CompletableFuture<Known> first = new CompletableFuture<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Known known = new Known(Status.UNKNOWN, ServiceSlices.NONE, "");
    private volatile long usedNanos;

    /** When it was last looked for. */
    volatile long lookedNanos;

    // Under the cluster's lock.
    int holders;
    boolean looking;
    int failures;
    long lookAgainNanos;
    @Nullable SliceFeed feed;

    /** How it stands with what is known. */
    public enum Status {
        /** It was not asked for yet. */
        UNKNOWN,
        /** What the slices say, be it that there is no such Service. */
        KNOWN,
        /** The slices may not be read. */
        DENIED,
        /** The API was asked in vain, and never answered. */
        AWAY
    }

    /**
     * @param problem why it is not known; empty if it is
     */
    record Known(Status status, ServiceSlices slices, String problem) {}

    ServiceWatch(ServiceName name, long nowNanos) {
        this.name = name;
        this.usedNanos = nowNanos;
        this.lookedNanos = nowNanos;
    }

    public ServiceName name() {
        return name;
    }

    Known known() {
        return known;
    }

    public Status status() {
        return known.status();
    }

    /** Why it is not known, in a sentence; empty if it is. */
    public String problem() {
        return known.problem();
    }

    /** Whether there is no such Service, or none whose endpoints the cluster knows. */
    public boolean absent() {
        return known.slices().absent();
    }

    /** Whether all its pods have a sidecar, and whose they are. */
    public boolean meshed() {
        return known.slices().meshed();
    }

    /** Whose pods they are; more than one only while that changes. */
    public Set<String> accounts() {
        return known.slices().accounts();
    }

    /** Pods that may be called. */
    public long pods() {
        return known.slices().places();
    }

    /** Whether it has one port, so that a call can only mean that. */
    public boolean onePort() {
        return known.slices().onePort();
    }

    /** Whether one of its pods is at that address. */
    public boolean runsAt(InetAddress address) {
        return known.slices().runsAt(NetUtil.toAddressString(address));
    }

    /** Completes, on any thread, with the first answer or the first failure. */
    public CompletionStage<?> first() {
        return first.minimalCompletionStage();
    }

    /** The service account of its pods, if it is one and is known. */
    @Nullable String account() {
        Set<String> accounts = known.slices().accounts();
        return accounts.size() == 1 ? accounts.iterator().next() : null;
    }

    void used(long nowNanos) {
        usedNanos = nowNanos;
    }

    long usedNanos() {
        return usedNanos;
    }

    void listener(Runnable listener) {
        listeners.add(listener);
    }

    void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /** Tells those who listen, who must not wait. */
    void known(Known next) {
        if (!next.equals(known)) {
            known = next;
            listeners.forEach(Runnable::run);
        }
    }

    /** After that, whatever may wait goes on. */
    void answered() {
        first.complete(known);
    }

    boolean waited() {
        return !first.isDone();
    }
}
