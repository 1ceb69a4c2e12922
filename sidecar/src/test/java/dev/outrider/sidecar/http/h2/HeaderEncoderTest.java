package dev.outrider.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.sidecar.http.BodyLength;
import dev.outrider.sidecar.http.Headers;
import dev.outrider.sidecar.http.HttpVersion;
import dev.outrider.sidecar.http.RequestHead;
import dev.outrider.sidecar.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written is read with Netty's decoder, whose table must follow ours all the time. */
class HeaderEncoderTest {
    private static final String SECRET = "Bearer s3cr3t";

    private final HeaderEncoder encoder = new HeaderEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    private HeaderBlock trailers(Headers headers) {
        return encoder.block().trailers(headers);
    }

    private byte[] write(Http2Headers block) throws Http2Exception {
        ByteBuf target = Unpooled.buffer();
        encoder.encodeHeaders(1, block, target);
        return ByteBufUtil.getBytes(target);
    }

    private List<String> read(byte[] block) throws Http2Exception {
        List<String> fields = new ArrayList<>();
        decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block))
                .forEach(each -> fields.add(each.getKey() + "=" + each.getValue()));
        return fields;
    }

    private static RequestHead get(Headers headers, @Nullable String upgrade) {
        return new RequestHead(
                "GET", "/a", "app:1", headers, BodyLength.NONE, HttpVersion.HTTP_1_1, upgrade);
    }

    private static Headers headers(String... fields) {
        Headers headers = new Headers();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        return headers;
    }

    @Test
    void aRequestGoesWithoutWhatConcernsOneConnection() throws Exception {
        Headers headers =
                headers(
                        "Host",
                        "app:1",
                        "Connection",
                        "close",
                        "TE",
                        "gzip",
                        "X-Own",
                        "Kept",
                        "te",
                        "trailers");
        assertThat(read(write(encoder.block().request(get(headers, null), "https"))))
                .containsExactlyInAnyOrder(
                        ":method=GET",
                        ":scheme=https",
                        ":path=/a",
                        ":authority=app:1",
                        "x-own=Kept",
                        "te=trailers");
    }

    @Test
    void aTunnelIsAConnect() throws Exception {
        assertThat(read(write(encoder.block().request(get(headers(), "websocket"), "http"))))
                .containsExactlyInAnyOrder(
                        ":method=CONNECT",
                        ":scheme=http",
                        ":path=/a",
                        ":authority=app:1",
                        ":protocol=websocket");
        RequestHead connect =
                new RequestHead("CONNECT", "app:1", "app:1", headers(), BodyLength.UNKNOWN);
        assertThat(read(write(encoder.block().request(connect, "http"))))
                .containsExactlyInAnyOrder(":method=CONNECT", ":authority=app:1");
    }

    @Test
    void aResponseHasItsStatusFirst() throws Exception {
        for (int status : new int[] {100, 200, 206, 404, 418, 599}) {
            ResponseHead head = new ResponseHead(status, headers("Server", "a"), 0);
            assertThat(read(write(encoder.block().response(head))))
                    .containsExactly(":status=" + status, "server=a");
        }
        ResponseHead switching = new ResponseHead(101, headers(), BodyLength.UNKNOWN);
        assertThat(read(write(encoder.block().response(switching)))).containsExactly(":status=200");
    }

    @Test
    void whatComesAgainIsOneByte() throws Exception {
        Headers headers = headers("User-Agent", "callers/1", "X-Own", "value");
        RequestHead request = get(headers, null);
        List<String> first = read(write(encoder.block().request(request, "http")));
        byte[] again = write(encoder.block().request(request, "http"));
        assertThat(again).hasSize(6);
        assertThat(read(again)).isEqualTo(first);
    }

    /** RFC 7541, sections 6.2.3 and 7.1.3. */
    @Test
    void aSecretIsNeverIndexed() throws Exception {
        Headers block = headers("Authorization", SECRET);
        for (int i = 0; i < 2; i++) {
            byte[] written = write(trailers(block));
            assertThat(written).hasSize(3 + SECRET.length());
            assertThat(written[0] & 0xf0).isEqualTo(0x10);
            assertThat(read(written)).containsExactly("authorization=" + SECRET);
        }
    }

    @Test
    void aFieldThatIsLargerThanTheTableDrivesNothingOut() throws Exception {
        Headers small = headers("x-own", "value");
        write(trailers(small));
        read(write(trailers(headers("x-large", "a".repeat(5000)))));
        assertThat(write(trailers(small))).hasSize(1);
    }

    @Test
    void aTableOfThePeersSizeIsKept() throws Exception {
        Headers block = headers("x-own", "value");
        List<String> expected = read(write(trailers(block)));
        encoder.maxHeaderTableSize(0);
        encoder.maxHeaderTableSize(1000);
        decoder.configuration().maxHeaderTableSize(1000);
        byte[] written = write(trailers(block));
        assertThat(written).startsWith(0x20, 0x3f);
        assertThat(read(written)).isEqualTo(expected);
        assertThat(read(write(trailers(block)))).isEqualTo(expected);
    }

    @Test
    void aPeerCannotMakeUsKeepMoreThanABound() {
        encoder.maxHeaderTableSize(0xffff_ffffL);
        assertThat(encoder.maxHeaderTableSize()).isEqualTo(HpackTable.MOST_SIZE);
    }

    @Test
    void aBlockThatThePeerWouldRefuseIsNotBegun() throws Exception {
        Headers headers = headers("x-own", "value");
        encoder.maxHeaderListSize(41);
        assertThatThrownBy(() -> write(trailers(headers)))
                .isInstanceOf(Http2Exception.HeaderListSizeException.class);
        encoder.maxHeaderListSize(42);
        assertThat(read(write(trailers(headers)))).containsExactly("x-own=value");
    }

    @Test
    void whatNettySendsByItselfGoesToo() throws Exception {
        Http2Headers block =
                ReadOnlyHttp2Headers.serverHeaders(
                        false, new AsciiString("431"), new AsciiString("a"), new AsciiString("b"));
        assertThat(read(write(block))).containsExactly(":status=431", "a=b");
    }

    /** Thousands of blocks of known and unknown, large and small fields, with changing limits. */
    @Test
    void theReadersTableFollows() throws Exception {
        RandomGenerator random = new Random(7541);
        String[] names = {
            "x-a", "X-B", "Cookie", "Date", "x-forwarded-for", "via", "Etag", "x-" + "n".repeat(300)
        };
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(100) == 0) {
                int size = random.nextInt(9000);
                decoder.configuration().maxHeaderTableSize(size);
                encoder.maxHeaderTableSize(size);
            }
            Headers headers = new Headers();
            List<String> expected = new ArrayList<>();
            for (int field = random.nextInt(12); field > 0; field--) {
                String name = names[random.nextInt(names.length)];
                String value = Integer.toString(random.nextInt(60));
                if (random.nextInt(10) == 0) {
                    value = value.repeat(1 + random.nextInt(200));
                }
                headers.add(name, value);
                expected.add(name.toLowerCase(Locale.ROOT) + "=" + value);
            }
            assertThat(read(write(trailers(headers))))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
