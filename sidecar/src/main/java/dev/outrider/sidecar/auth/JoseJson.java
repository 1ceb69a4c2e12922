package dev.outrider.sidecar.auth;

import dev.outrider.certs.Json;
import io.jsonwebtoken.io.AbstractDeserializer;
import java.io.IOException;
import java.io.Reader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How JJWT reads tokens and keys: strictly, and without Jackson's data binding. */
final class JoseJson extends AbstractDeserializer<Map<String, ?>> {
    @Override
    protected Map<String, @Nullable ?> doDeserialize(Reader reader) throws IOException {
        return Json.object(reader);
    }
}
