package dev.outrider.sidecar.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.time.FakeTicker;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerFirstTest {
    private static final InetSocketAddress DB = new InetSocketAddress("10.0.0.9", 13306);

    private final FakeTicker ticker = new FakeTicker();
    private final ServerFirst memory = new ServerFirst(ticker);

    @Test
    void learnsWhoseServerSpokeFirst() {
        relayed().writeOneOutbound(Unpooled.EMPTY_BUFFER);
        assertThat(memory.knows(DB)).isTrue();
        assertThat(memory.knows(new InetSocketAddress("10.0.0.9", 13307))).isFalse();
        assertThat(memory.knows(new InetSocketAddress("10.0.0.8", 13306))).isFalse();
    }

    @Test
    void learnsNothingFromSilence() {
        EmbeddedChannel channel = relayed();
        channel.close();
        assertThat(memory.knows(DB)).isFalse();
    }

    @Test
    void forgetsAsSoonAsAClientSpeaksFirst() {
        memory.learn(DB);
        EmbeddedChannel channel = relayed();
        channel.writeInbound(Unpooled.EMPTY_BUFFER);
        assertThat(memory.knows(DB)).isFalse();
        channel.writeOneOutbound(Unpooled.EMPTY_BUFFER);
        assertThat(memory.knows(DB)).isFalse();
    }

    @Test
    void forgetsWhatIsLongAgoUnlessSeenAgain() {
        memory.learn(DB);
        ticker.advance(Duration.ofMinutes(9));
        assertThat(memory.knows(DB)).isTrue();
        memory.learn(DB);
        ticker.advance(Duration.ofMinutes(9));
        assertThat(memory.knows(DB)).isTrue();
        ticker.advance(Duration.ofMinutes(1));
        assertThat(memory.knows(DB)).isFalse();
    }

    @Test
    void staysWithinItsBound() {
        int known = 0;
        for (int i = 0; i < 20_000; i++) {
            memory.learn(new InetSocketAddress("10.1." + i / 250 + "." + i % 250, 25));
        }
        for (int i = 0; i < 20_000; i++) {
            known +=
                    memory.knows(new InetSocketAddress("10.1." + i / 250 + "." + i % 250, 25))
                            ? 1
                            : 0;
        }
        assertThat(known).isBetween(900, 1024);
    }

    private EmbeddedChannel relayed() {
        return new EmbeddedChannel(new FirstWord(memory, DB));
    }
}
