package dev.outrider.examples.service;

import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

/** Invoices, at most one for each order whoever writes it and however often. */
final class InvoiceStore {
    static final String SCHEMA =
            "CREATE TABLE IF NOT EXISTS invoices (number INTEGER PRIMARY KEY AUTOINCREMENT,"
                    + " order_id TEXT NOT NULL UNIQUE, net INTEGER NOT NULL,"
                    + " tax INTEGER NOT NULL, instance TEXT NOT NULL) STRICT";

    private final Database database;

    record Invoice(long number, long net, long tax, String instance) {
        long gross() {
            return net + tax;
        }
    }

    InvoiceStore(Database database) {
        this.database = database;
    }

    /** The order's invoice: this one, or the one that is there already. */
    Invoice put(String order, long net, long tax, String instance) throws IOException {
        return database.run(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO invoices (order_id, net, tax, instance)"
                                    + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
                insert.setString(1, order);
                insert.setLong(2, net);
                insert.setLong(3, tax);
                insert.setString(4, instance);
                insert.executeUpdate();
            }
            try (PreparedStatement query =
                    connection.prepareStatement(
                            "SELECT number, net, tax, instance FROM invoices"
                                    + " WHERE order_id = ?")) {
                query.setString(1, order);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return new Invoice(
                            row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
                }
            }
        });
    }

    long count() throws IOException {
        return database.run(connection -> {
            try (Statement query = connection.createStatement();
                    ResultSet row = query.executeQuery("SELECT COUNT(*) FROM invoices")) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
