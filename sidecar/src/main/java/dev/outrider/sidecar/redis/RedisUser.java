package dev.outrider.sidecar.redis;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * As whom to log in.
 *
 * @param name empty for the default user
 * @param password null for none, or if it is in a file
 * @param passwordFile looked at again every few seconds; new connections use what it holds then
 */
public record RedisUser(String name, @Nullable Secret password, @Nullable Path passwordFile) {
    static final RedisUser NOBODY = new RedisUser("", null, null);

    public RedisUser {
        if (password != null && passwordFile != null) {
            throw new IllegalArgumentException("give the password or its file, not both");
        }
        if (!name.isEmpty() && password == null && passwordFile == null) {
            throw new IllegalArgumentException("user '" + name + "' needs a password");
        }
    }
}
