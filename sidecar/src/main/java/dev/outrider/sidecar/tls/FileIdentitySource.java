package dev.outrider.sidecar.tls;

import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidException;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.TrustBundle;
import dev.outrider.certs.X509Svid;
import dev.outrider.sidecar.time.Background;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Watches three files by looking at them every second: that works on every file system and costs
 * six system calls. New content is taken when all three fit together and hold now, else the old
 * identity stays and the status says why; a swap that was caught halfway is right at the next look.
 */
final class FileIdentitySource implements IdentitySource {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final SpiffeId id;
    private final IdentityFiles files;
    private final InstantSource clock;
    private final IdentityCell cell;
    private final Background watcher;
    private List<FileStamp> taken = List.of();

    private FileIdentitySource(
            SpiffeId id, IdentityFiles files, TlsContexts tls, InstantSource clock) {
        this.id = id;
        this.files = files;
        this.clock = clock;
        this.cell = new IdentityCell("files " + files.certificate(), tls);
        this.watcher =
                new Background(
                        "identity-files",
                        () -> {
                            look();
                            return LOOK;
                        });
    }

    static FileIdentitySource start(
            SpiffeId id, IdentityFiles files, TlsContexts tls, InstantSource clock) {
        FileIdentitySource source = new FileIdentitySource(id, files, tls, clock);
        source.watcher.start();
        return source;
    }

    @Override
    public Identity current() {
        return cell.current();
    }

    @Override
    public @Nullable Identity peek() {
        return cell.peek();
    }

    @Override
    public CompletionStage<Identity> ready() {
        return cell.ready();
    }

    @Override
    public IdentityStatus status() {
        return cell.status();
    }

    @Override
    public void close() {
        watcher.close();
    }

    private void look() {
        // Before reading: a change that comes while we read is seen at the next look.
        List<FileStamp> seen = FileStamp.of(files.certificate(), files.key(), files.bundle());
        if (seen.equals(taken)) {
            return;
        }
        Instant now = clock.instant();
        try {
            X509Svid svid = X509Svid.load(files.certificate(), files.key());
            TrustBundle bundle = TrustBundle.load(id.trustDomain(), files.bundle());
            if (!svid.id().equals(id)) {
                throw new IOException(
                        files.certificate() + " is of " + svid.id() + ", configured is " + id);
            }
            var _ = SvidVerifier.verify(svid.chain(), bundle, now);
            cell.publish(svid, bundle, null, Duration.ZERO);
            taken = seen;
        } catch (SvidException e) {
            cell.failed(files.certificate() + ": " + e.getMessage(), now, Duration.ZERO);
        } catch (IOException | RuntimeException | Error e) {
            cell.failed(String.valueOf(e.getMessage()), now, Duration.ZERO);
        }
    }
}
