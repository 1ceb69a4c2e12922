package dev.outrider.sidecar.discover;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Addresses as configured; they never change, a reload makes a new source. */
public final class StaticSource implements EndpointSource {
    private final EndpointSet set;

    public StaticSource(List<Endpoint> endpoints) {
        this.set = new EndpointSet(1, endpoints);
    }

    @Override
    public EndpointSet current() {
        return set;
    }

    @Override
    public void subscribe(Consumer<EndpointSet> subscriber) {
        subscriber.accept(set);
    }

    @Override
    public void start() {}

    @Override
    public CompletionStage<EndpointSet> ready() {
        return CompletableFuture.completedFuture(set);
    }

    @Override
    public boolean answered() {
        return true;
    }

    @Override
    public List<DnsView> lookups() {
        return List.of();
    }

    @Override
    public void close() {}
}
