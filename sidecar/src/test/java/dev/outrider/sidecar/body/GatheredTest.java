package dev.outrider.sidecar.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.sidecar.body.Gathered.Added;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GatheredTest {
    private static Added add(Gathered to, String text) {
        ByteBuf chunk = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        try {
            return to.add(chunk);
        } finally {
            assertThat(chunk.refCnt()).as("stays the caller's").isEqualTo(1);
            chunk.release();
        }
    }

    @Test
    void copiesUpToItsLimitAndNothingOfWhatIsTooMuch() {
        Room room = new Room(100);
        Gathered gathered = new Gathered(room, 10);
        assertThat(add(gathered, "12345")).isEqualTo(Added.YES);
        assertThat(add(gathered, "678901")).isEqualTo(Added.TOO_LARGE);
        assertThat(add(gathered, "67890")).isEqualTo(Added.YES);
        assertThat(add(gathered, "1")).isEqualTo(Added.TOO_LARGE);
        ByteBuf all = gathered.buffer();
        gathered.free();
        assertThat(all.toString(StandardCharsets.US_ASCII)).isEqualTo("1234567890");
        assertThat(add(gathered, "1")).isEqualTo(Added.NO_ROOM);
        gathered.free();
        assertThat(room.left()).isEqualTo(100);
    }

    @Test
    void aHeadThatAnnouncesMuchTakesNothing() {
        Room room = new Room(1 << 20);
        Gathered gathered = new Gathered(room, 1 << 20);
        assertThat(room.left()).isEqualTo(1 << 20);
        add(gathered, "1");
        assertThat(room.left()).isEqualTo((1 << 20) - 4096);
    }

    @Test
    void allTogetherNeverTakeMoreThanTheRoom() {
        Random random = new Random(11);
        Room room = new Room(50_000);
        List<Gathered> live = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            if (live.isEmpty() || random.nextInt(3) == 0) {
                live.add(new Gathered(room, 20_000));
            }
            Gathered one = live.get(random.nextInt(live.size()));
            if (add(one, "x".repeat(random.nextInt(3000))) != Added.YES) {
                refused++;
                one.free();
                live.remove(one);
            }
            long taken = live.stream().mapToLong(each -> each.bytes().length).sum();
            assertThat(taken).isEqualTo(50_000 - room.left()).isBetween(0L, 50_000L);
        }
        assertThat(refused).isPositive();
        live.forEach(Gathered::free);
        assertThat(room.left()).isEqualTo(50_000);
    }
}
