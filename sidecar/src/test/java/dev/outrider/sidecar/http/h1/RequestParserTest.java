package dev.outrider.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.BodySink;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.StreamError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The parsers under bytes that were right once and then had an accident. */
class RequestParserTest {
    private static final long SEED = 20_261_122;
    private static final int ROUNDS = 60_000;
    private static final List<String> HEADS =
            List.of(
                    "GET /a?b=c HTTP/1.1\r\nHost: a.b:80\r\nAccept: */*\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 5\r\nX-Y: a b\r\n\r\n",
                    "PUT http://h/p HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n",
                    "OPTIONS * HTTP/1.0\r\nHost: a\r\nConnection: keep-alive, X\r\nX: 1\r\n\r\n");
    private static final byte[] ACCIDENTS =
            "\r\n\r\n \t:;,\0\u007f\u00ff/GETHTTP/1.1:0123456789abcdefContent-LengthHost chunked"
                    .getBytes(StandardCharsets.ISO_8859_1);

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] result = bytes.clone();
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(result.length);
            byte b = ACCIDENTS[random.nextInt(ACCIDENTS.length)];
            switch (random.nextInt(4)) {
                case 0 -> result[at] = b;
                case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> result = joined(result, at, new byte[] {b}, at);
                default ->
                        result = joined(result, at, new byte[0], Math.min(result.length, at + 1));
            }
            if (result.length == 0) {
                return bytes.clone();
            }
        }
        return result;
    }

    private static byte[] joined(byte[] from, int end, byte[] middle, int start) {
        byte[] result = new byte[end + middle.length + from.length - start];
        System.arraycopy(from, 0, result, 0, end);
        System.arraycopy(middle, 0, result, end, middle.length);
        System.arraycopy(from, start, result, end + middle.length, from.length - start);
        return result;
    }

    /** Null when it is refused or unfinished; in two pieces, which must make no difference. */
    private static @Nullable RequestHead parse(byte[] bytes, int split) {
        RequestParser parser = new RequestParser(H1Limits.DEFAULTS);
        ByteBuf in = Unpooled.buffer();
        try {
            in.writeBytes(bytes, 0, split);
            RequestHead early = parser.parse(in);
            if (early != null) {
                return early;
            }
            in.writeBytes(bytes, split, bytes.length - split);
            return parser.parse(in);
        } catch (MalformedException e) {
            return null;
        } finally {
            in.release();
        }
    }

    @Test
    void acceptsOnlyWhatNettyReadsTheSame() {
        Random random = new Random(SEED);
        int accepted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes =
                    mutated(
                            HEADS.get(random.nextInt(HEADS.size()))
                                    .getBytes(StandardCharsets.ISO_8859_1),
                            random);
            RequestHead head = parse(bytes, bytes.length);
            RequestHead split = parse(bytes, random.nextInt(bytes.length));
            String about = "seed %d round %d %s".formatted(SEED, round, Arrays.toString(bytes));
            assertThat(String.valueOf(split)).as(about).isEqualTo(String.valueOf(head));
            if (head != null) {
                accepted++;
                sameAsNetty(head, bytes, about);
            }
        }
        assertThat(accepted).isGreaterThan(ROUNDS / 20);
    }

    private static void sameAsNetty(RequestHead head, byte[] bytes, String about) {
        EmbeddedChannel netty =
                new EmbeddedChannel(new HttpRequestDecoder(new HttpDecoderConfig()));
        try {
            netty.writeInbound(Unpooled.wrappedBuffer(bytes));
            HttpRequest other = netty.readInbound();
            assertThat(other.decoderResult().isSuccess()).as(about).isTrue();
            assertThat(other.method().name()).as(about).isEqualTo(head.method());
            // An absolute target without path has got its slash from us.
            assertThat(other.uri())
                    .as(about)
                    .endsWith(head.target().substring(head.target().startsWith("/") ? 1 : 0));
            Headers headers = head.headers();
            for (int i = 0; i < headers.size(); i++) {
                if (!headers.name(i).equalsIgnoreCase("host") && !headers.name(i).equals("TE")) {
                    assertThat(other.headers().getAll(headers.name(i)))
                            .as(about)
                            .contains(headers.value(i));
                }
            }
            String length = other.headers().get("content-length");
            boolean chunked = other.headers().contains("transfer-encoding");
            long expected = chunked ? -1 : length == null ? 0 : Long.parseLong(length);
            assertThat(head.bodyLength()).as(about).isEqualTo(expected);
        } finally {
            netty.finishAndReleaseAll();
        }
    }

    @Test
    void ignoresOneEmptyLineHoweverItComes() {
        byte[] one = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] two =
                "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        for (int split = 0; split < one.length; split++) {
            assertThat(parse(one, split)).as("split at %d", split).isNotNull();
            assertThat(parse(two, split)).as("split at %d", split).isNull();
        }
    }

    @Test
    void decodesBadBodiesTheSameHoweverTheyAreSplit() {
        byte[] good =
                "5;a=b\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX: y\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(good, random);
            String whole = decode(bytes, bytes.length);
            String split = decode(bytes, random.nextInt(bytes.length));
            assertThat(split)
                    .as("seed %d round %d %s", SEED, round, Arrays.toString(bytes))
                    .isEqualTo(whole);
        }
    }

    /** What came out: the data, then | and the trailers, or ! when it was refused. */
    private static String decode(byte[] bytes, int split) {
        BodyDecoder decoder = new BodyDecoder(H1Limits.DEFAULTS, true);
        decoder.begin(-1, false);
        Text text = new Text();
        ByteBuf in = Unpooled.buffer();
        try {
            in.writeBytes(bytes, 0, split);
            if (!decoder.decode(in, text)) {
                in.writeBytes(bytes, split, bytes.length - split);
                decoder.decode(in, text);
            }
        } catch (MalformedException e) {
            text.out.append('!');
        } finally {
            in.release();
        }
        assertThat(in.refCnt()).isZero();
        return text.out.toString();
    }

    @Test
    void throwsNothingButMalformedOnResponses() {
        byte[] good =
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: timeout=9\r\n\r\n"
                        .getBytes(StandardCharsets.ISO_8859_1);
        RequestHead request = new RequestHead("GET", "/", "a", new Headers(), BodyLength.NONE);
        Random random = new Random(SEED);
        int parsed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = Unpooled.wrappedBuffer(mutated(good, random));
            try {
                parsed += new ResponseParser().parse(in, request) == null ? 0 : 1;
            } catch (MalformedException e) {
                assertThat(e.reason()).isNotEmpty();
            } finally {
                in.release();
            }
        }
        assertThat(parsed).isPositive();
    }

    private static final class Text implements BodySink {
        final StringBuilder out = new StringBuilder();

        @Override
        public void data(ByteBuf chunk) {
            out.append(chunk.toString(StandardCharsets.ISO_8859_1));
            chunk.release();
        }

        @Override
        public void end(Headers trailers) {
            out.append('|').append(trailers);
        }

        @Override
        public void abort(StreamError error) {}

        @Override
        public void flush() {}
    }
}
