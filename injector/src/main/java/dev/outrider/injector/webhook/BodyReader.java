package dev.outrider.injector.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads bodies within bounds: each one's, and one for all together. A body within its first block
 * needs no permission, so ordinary pods pass whatever large ones wait for; further blocks are
 * granted as bytes arrive, so that announcing much holds nothing. The grants end with the answer,
 * since what is made of a body is as large as the body. Any thread.
 */
final class BodyReader {
    /**
     * The API server takes objects of up to 3 MiB, counted in the form it got them; as JSON they
     * may be larger, and a review of a change carries two.
     */
    static final int LARGEST = 8 << 20;

    private static final int BLOCK = 64 << 10;
    private static final int BLOCKS = (12 << 20) / BLOCK;
    private static final int WAIT_SECONDS = 3;

    private final Semaphore blocks = new Semaphore(BLOCKS);

    /** A whole body. Closing it gives back what it was granted. */
    final class Body implements AutoCloseable {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(BLOCK);
        private int granted;

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void grant() throws ReviewException {
            try {
                if (!blocks.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                    throw ReviewException.unavailable(
                            "too many large pods at once, try again in a moment");
                }
                granted++;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ReviewException.unavailable("this replica is ending, try again");
            }
        }

        @Override
        public void close() {
            blocks.release(granted);
            granted = 0;
        }
    }

    /**
     * @param announced its length, if it was
     */
    Body read(InputStream in, long announced) throws ReviewException, IOException {
        if (announced > LARGEST) {
            throw tooLarge(announced + " bytes");
        }
        Body body = new Body();
        try {
            byte[] block = new byte[BLOCK];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                body.bytes.write(block, 0, read);
                if (body.bytes.size() > LARGEST) {
                    throw tooLarge("more than that");
                }
                while (body.bytes.size() > (body.granted + 1) * BLOCK) {
                    body.grant();
                }
            }
            return body;
        } catch (ReviewException | IOException | RuntimeException e) {
            body.close();
            throw e;
        }
    }

    private static ReviewException tooLarge(String shown) {
        return new ReviewException(
                413,
                "RequestEntityTooLarge",
                "a review has at most " + LARGEST + " bytes, this one has " + shown);
    }
}
