package dev.outrider.examples.service;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Orders and, once they are billed, the invoice as billing wrote it. */
final class OrderStore {
    static final String SCHEMA =
            "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, item TEXT NOT NULL,"
                    + " cents INTEGER NOT NULL, invoice TEXT) STRICT";

    private final Database database;

    record Order(String id, String item, long cents, @Nullable String invoice) {}

    OrderStore(Database database) {
        this.database = database;
    }

    /** Stores an order; one that is there already stays as it is. */
    Order put(String id, String item, long cents) throws IOException {
        return database.run(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO orders (id, item, cents) VALUES (?, ?, ?)"
                                    + " ON CONFLICT DO NOTHING")) {
                insert.setString(1, id);
                insert.setString(2, item);
                insert.setLong(3, cents);
                insert.executeUpdate();
            }
            return read(connection, id).orElseThrow();
        });
    }

    Order billed(String id, String invoice) throws IOException {
        return database.run(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE orders SET invoice = ? WHERE id = ?")) {
                update.setString(1, invoice);
                update.setString(2, id);
                update.executeUpdate();
            }
            return read(connection, id).orElseThrow();
        });
    }

    Optional<Order> find(String id) throws IOException {
        return database.run(connection -> read(connection, id));
    }

    private static Optional<Order> read(Connection connection, String id) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT item, cents, invoice FROM orders WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new Order(id, row.getString(1), row.getLong(2), row.getString(3)))
                        : Optional.empty();
            }
        }
    }
}
