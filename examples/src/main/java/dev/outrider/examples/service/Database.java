package dev.outrider.examples.service;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One SQLite file, which several processes may have open; a killed one leaves it whole. Calls of
 * one process take turns on a single connection.
 */
final class Database implements AutoCloseable {
    private final Connection connection;
    private final ReentrantLock turn = new ReentrantLock();

    /** Work on the connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    Database(Path file, String schema) throws IOException {
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 5000");
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = NORMAL");
                statement.execute(schema);
            }
        } catch (SQLException e) {
            throw new IOException("cannot open the store " + file, e);
        }
    }

    <T> T run(Work<T> work) throws IOException {
        turn.lock();
        try {
            return work.on(connection);
        } catch (SQLException e) {
            throw new IOException("the store refused", e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        run(it -> {
            it.close();
            return true;
        });
    }
}
