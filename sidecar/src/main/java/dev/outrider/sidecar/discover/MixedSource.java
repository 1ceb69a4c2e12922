package dev.outrider.sidecar.discover;

import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed list of places, some of which are names. A name stands for all its addresses, each with
 * the name's weight, and is looked up as {@link DnsSource} does; addresses serve before the names
 * are known. All work is done on the loop of the look-ups, to which the public methods hop.
 */
final class MixedSource implements EndpointSource {
    private final List<Part> parts;
    private final EventLoop loop;
    private final CompletionStage<EndpointSet> ready;
    private final Announcements told;

    /** {@code source} is null for an address. */
    private record Part(Endpoint place, @Nullable DnsSource source) {
        Stream<Endpoint> endpoints() {
            return source == null
                    ? Stream.of(place)
                    : source.current().endpoints().stream().map(this::weighted);
        }

        private Endpoint weighted(Endpoint found) {
            return new Endpoint(found.host(), found.port(), place.weight(), place.zone());
        }
    }

    /**
     * @param sources makes the look-ups of a name, all on {@code loop}
     */
    MixedSource(List<Endpoint> places, Function<Endpoint, DnsSource> sources, EventLoop loop) {
        this.loop = loop;
        this.told = new Announcements(loop);
        this.parts =
                places.stream()
                        .map(each ->
                                new Part(
                                        each,
                                        EndpointsConfig.literal(each.host())
                                                ? null
                                                : sources.apply(each)))
                        .toList();
        CompletableFuture<?>[] all =
                sources()
                        .map(each -> each.ready().toCompletableFuture())
                        .toArray(CompletableFuture[]::new);
        // A source tells its subscribers before it is ready, so the merged set is there too.
        this.ready = CompletableFuture.allOf(all).thenApply(_ -> told.current());
    }

    private Stream<DnsSource> sources() {
        return parts.stream().flatMap(each -> Stream.ofNullable(each.source));
    }

    @Override
    public EndpointSet current() {
        return told.current();
    }

    @Override
    public void subscribe(Consumer<EndpointSet> subscriber) {
        told.subscribe(subscriber);
    }

    @Override
    public void start() {
        loop.execute(this::merge);
        sources()
                .forEach(each -> {
                    each.subscribe(_ -> merge());
                    each.start();
                });
    }

    @Override
    public CompletionStage<EndpointSet> ready() {
        return ready;
    }

    @Override
    public boolean answered() {
        return sources().allMatch(DnsSource::answered);
    }

    @Override
    public List<DnsView> lookups() {
        return sources().flatMap(each -> each.lookups().stream()).toList();
    }

    private void merge() {
        List<Endpoint> all = parts.stream().flatMap(Part::endpoints).toList();
        // That no name is known yet is no answer.
        if (!told.closed() && (told.current().version() > 0 || !all.isEmpty())) {
            told.publish(all, "");
        }
    }

    @Override
    public void close() {
        sources().forEach(DnsSource::close);
        if (!loop.isShutdown()) {
            loop.execute(told::close);
        }
    }
}
