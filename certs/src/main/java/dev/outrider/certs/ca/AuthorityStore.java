package dev.outrider.certs.ca;

import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Where an authority's state is kept. A change is kept before anybody sees it, so what was given
 * out before a kill is still good after it. Several processes may share one store; the store says
 * who was first.
 */
public interface AuthorityStore extends AutoCloseable {
    /**
     * Makes the next state with {@code step} from the newest one, keeps it, and gives it back. When
     * another process was faster, {@code step} is asked again with what that one kept; a step that
     * returns what it was given changes nothing.
     */
    AuthorityState update(UnaryOperator<AuthorityState> step) throws IOException;

    /**
     * From here on {@code reader} is told each state that is kept, in order, by this process or
     * another, before {@link #update} returns. It must be quick, and call nothing of the store.
     */
    void follow(Consumer<AuthorityState> reader);

    /** Up to when what is known is certain to be the newest. */
    Instant confirmed(Instant now);

    /** Hands {@code bundle} to those who trust it, where that is the store's to do; idempotent. */
    void publish(TrustBundle bundle) throws IOException;

    /** Those who have not got the newest bundle though they should, for a sentence in a log. */
    Optional<String> undelivered();

    /** Clears away what nobody needs. */
    void sweep(Instant now) throws IOException;

    @Override
    void close() throws IOException;
}
