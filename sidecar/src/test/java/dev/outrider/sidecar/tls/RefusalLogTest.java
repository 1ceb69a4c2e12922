package dev.outrider.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private final AtomicLong time = new AtomicLong(1);
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("refusals");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RefusalLog log = new RefusalLog(logger, time::get);
    private final TlsFailure expired =
            new TlsFailure(TlsFailure.Reason.EXPIRED, "it has ended\nERROR forged line");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void logsOnceAMinuteForEachAddressAndReasonAndCountsTheRest() throws Exception {
        for (int i = 0; i < 10; i++) {
            log.refused("inbound", address(1), expired);
        }
        log.refused("inbound", address(2), expired);
        log.refused("inbound", address(1), new TlsFailure(TlsFailure.Reason.NOT_TLS, "no TLS"));
        assertThat(lines.list).hasSize(3);

        time.addAndGet(Duration.ofMinutes(1).toNanos());
        log.refused("inbound", address(1), expired);
        assertThat(texts().getLast()).contains("9 more").contains("expired").contains("10.0.0.1");
    }

    @Test
    void aPeerCannotForgeLines() throws Exception {
        log.refused("inbound", address(1), expired);
        assertThat(texts()).allSatisfy(text -> assertThat(text).doesNotContain("\n"));
    }

    @Test
    void neitherLogNorMemoryGrowWithTheNumberOfAddresses() throws Exception {
        for (int i = 0; i < 5000; i++) {
            log.refused("inbound", address(i), expired);
        }
        assertThat(log.size()).isEqualTo(1024);
        assertThat(lines.list).hasSize(1025);

        time.addAndGet(Duration.ofMinutes(2).toNanos());
        log.refused("inbound", address(9999), expired);
        assertThat(log.size()).isEqualTo(1);
    }

    private List<String> texts() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static InetAddress address(int number) throws UnknownHostException {
        return InetAddress.getByAddress(
                new byte[] {10, 0, (byte) (number >> 8), (byte) (number & 0xff)});
    }
}
