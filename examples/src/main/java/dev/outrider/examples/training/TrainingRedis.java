package dev.outrider.examples.training;

import dev.outrider.sidecar.redis.Script;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands in for Redis, which no build has to have: answers in its protocol (RESP2) what an edge
 * asks, and counts nothing. It only teaches what an answer looks like on the wire: scripts are not
 * known at first and then are; they let pass whatever has a large quota, and refuse what has a
 * small one. Whether limits hold is shown elsewhere, with a real Redis.
 */
final class TrainingRedis {
    /** Quotas below are always used up. */
    static final int SMALL_QUOTA = 10;

    private static final int ARGUMENTS_OF_A_RULE = 7;
    private static final int WAIT_MICROS = 20_000;

    private TrainingRedis() {}

    static void start(EventLoopGroup loops, int port) throws InterruptedException {
        Set<String> scripts = ConcurrentHashMap.newKeySet();
        new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(
                        new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                channel.pipeline().addLast(new Commands(scripts));
                            }
                        })
                .bind("127.0.0.1", port)
                .sync();
    }

    /** A command is an array of strings of stated length; it may come in pieces. */
    private static final class Commands extends ByteToMessageDecoder {
        private final Set<String> scripts;

        Commands(Set<String> scripts) {
            this.scripts = scripts;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            int begin = in.readerIndex();
            int length = number(in);
            List<String> words = new ArrayList<>();
            while (length > words.size()) {
                int size = number(in);
                if (size < 0 || in.readableBytes() < size + 2) {
                    in.readerIndex(begin);
                    return;
                }
                words.add(in.readString(size, StandardCharsets.UTF_8));
                in.skipBytes(2);
            }
            if (length < 0) {
                in.readerIndex(begin);
                return;
            }
            context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), answer(words)));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        /** That stands behind a letter and before the line's end; -1 if that is not there yet. */
        private static int number(ByteBuf in) {
            int end = in.bytesBefore((byte) '\n');
            if (end < 0) {
                return -1;
            }
            String line = in.readString(end + 1, StandardCharsets.US_ASCII);
            return Integer.parseInt(line.substring(1).strip());
        }

        private String answer(List<String> words) {
            return switch (words.getFirst()) {
                case "PING" -> "+PONG\r\n";
                case "GET" -> "$-1\r\n";
                case "EVAL" -> {
                    scripts.add(new Script("", words.get(1)).sha1());
                    yield decision(words);
                }
                case "EVALSHA" ->
                        scripts.contains(words.get(1))
                                ? decision(words)
                                : "-NOSCRIPT No matching script.\r\n";
                default -> "+OK\r\n";
            };
        }

        /** The time, and for each key wait, remaining and reset, as limit/decide.lua answers. */
        private static String decision(List<String> words) {
            int keys = Integer.parseInt(words.get(2));
            StringBuilder answer = new StringBuilder();
            answer.append('*').append(1 + 3 * keys).append("\r\n");
            answer.append(':').append(System.currentTimeMillis() * 1000).append("\r\n");
            for (int key = 0; key < keys; key++) {
                long quota = Long.parseLong(words.get(4 + keys + ARGUMENTS_OF_A_RULE * key));
                boolean passes = quota >= SMALL_QUOTA;
                answer.append(':').append(passes ? 0 : WAIT_MICROS).append("\r\n");
                answer.append(':').append(passes ? quota - 1 : 0).append("\r\n");
                answer.append(':').append(WAIT_MICROS).append("\r\n");
            }
            return answer.toString();
        }
    }
}
