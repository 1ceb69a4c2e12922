package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHandler;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import dev.outrider.sidecar.http.ServerStream;
import dev.outrider.sidecar.time.FakeTicker;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies that go on after their request had its answer. */
class ReadingOverTest {
    private static final Duration STEP = Duration.ofSeconds(10);

    private final FakeTicker ticker = new FakeTicker();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new H1ServerConnection(new AtOnce(), H1Limits.DEFAULTS, ticker));

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        ticker.advance(STEP);
        channel.advanceTimeBy(STEP.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    /** Each byte comes in time for a body that is wanted. */
    @Test
    void endWithTheConnectionWhenTheyTakeTooLong() {
        channel.freezeTime();
        send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
        send("a");
        assertThat(channel.isOpen()).isTrue();
        send("a");
        assertThat(channel.isOpen()).as("after 30 s").isFalse();
    }

    @Test
    void haveTheirTimeForEachRequestAnew() {
        channel.freezeTime();
        for (int i = 0; i < 3; i++) {
            send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
            send("a");
            channel.writeInbound(Unpooled.copiedBuffer("a", StandardCharsets.US_ASCII));
            assertThat(channel.isOpen()).isTrue();
        }
    }

    /** Answers before the body has come. */
    private static final class AtOnce implements RequestHandler {
        @Override
        public void request(RequestHead head, ServerStream stream) {
            stream.respond(new ResponseHead(204, new Headers(), BodyLength.NONE), true);
        }

        @Override
        public void malformed(int status, String reason, String sentence, ServerStream stream) {
            throw new AssertionError(sentence);
        }
    }
}
