package dev.outrider.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.auth.TokenRefusal;
import dev.outrider.sidecar.exchange.Deadline;
import dev.outrider.sidecar.exchange.Failure;
import dev.outrider.sidecar.tls.TlsFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/wire.md names every reason there is. */
class WireTest {
    private final String page = read();

    private static String read() {
        try {
            return Files.readString(Path.of("..", "docs", "wire.md"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void named(String word) {
        assertThat(page).contains("`" + word + "`");
    }

    @Test
    void namesTheDeadlineHeader() {
        named(Deadline.HEADER);
    }

    @Test
    void namesEveryReasonOfATokensRefusal() {
        for (TokenRefusal each : TokenRefusal.values()) {
            named(each.reason());
        }
    }

    @Test
    void namesEveryReasonThatThereIsNoTls() {
        for (TlsFailure.Reason each : TlsFailure.Reason.values()) {
            named(each.word());
        }
    }

    @Test
    void namesEveryReasonOfAFailure() {
        for (Failure.TimedOut.Phase each : Failure.TimedOut.Phase.values()) {
            named(new Failure.TimedOut(each, "", false).reason());
        }
        List.of(
                        new Failure.NoRoute("x"),
                        new Failure.NoEndpoint("x", ""),
                        new Failure.CircuitOpen("x", Duration.ZERO),
                        new Failure.BulkheadFull("x", ""),
                        new Failure.ConnectFailed("x", ""),
                        new Failure.TlsFailed("x", ""),
                        new Failure.UpstreamReset("x", "", true, false),
                        new Failure.UpstreamReset("x", "", true, true),
                        new Failure.UpstreamRefused("x", ""),
                        new Failure.UpstreamProtocol("x", ""),
                        new Failure.Injected(503),
                        new Failure.Bug(""))
                .forEach(each -> named(each.reason()));
    }
}
