package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import dev.outrider.sidecar.time.LazyTimer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // made before each test
class FarewellTest {
    private static final int PIECE = 64 * 1024;

    private final List<ChannelPromise> writing = new ArrayList<>();
    private EmbeddedChannel channel;
    private Farewell farewell;
    private int tooMuch;

    @BeforeEach
    void start() {
        ChannelInboundHandlerAdapter last = new ChannelInboundHandlerAdapter();
        channel = new EmbeddedChannel(new Stuck(), last);
        ChannelHandlerContext ctx = channel.pipeline().context(last);
        LazyTimer timer = new LazyTimer(channel.eventLoop(), new FakeTicker(), () -> {});
        farewell = new Farewell(ctx, timer, new Unread(), () -> tooMuch++);
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
    }

    private ByteBuf piece() {
        return channel.alloc().buffer(PIECE).writeZero(PIECE);
    }

    @Test
    void readsOnlySoMuchFromOneWhoDoesNotTakeTheLastResponse() {
        farewell.close(true, 1_000);
        for (int i = 0; i < 4; i++) {
            farewell.received(piece());
            assertThat(channel.config().isAutoRead()).isTrue();
        }
        farewell.received(piece());

        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void cutsOffAResponseThatDoesNotGoOutInTime() {
        farewell.close(true, 1_000);
        farewell.timedOut();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void closesWhenTheLastResponseIsOut() {
        farewell.close(false, 1_000);
        assertThat(channel.isOpen()).isTrue();
        writing.forEach(ChannelPromise::setSuccess);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void countsWhatIsReadOverOfEachRequestAnew() {
        for (int i = 0; i < 4; i++) {
            farewell.data(piece());
        }
        farewell.reset();
        farewell.data(piece());
        assertThat(tooMuch).isZero();
        for (int i = 0; i < 4; i++) {
            farewell.data(piece());
        }
        assertThat(tooMuch).isEqualTo(1);
    }

    /** A socket whose peer takes nothing. */
    private final class Stuck extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            io.netty.util.ReferenceCountUtil.release(message);
            writing.add(promise);
        }
    }
}
