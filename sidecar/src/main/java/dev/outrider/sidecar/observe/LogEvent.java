package dev.outrider.sidecar.observe;

/** What a line of the access log is made of; immutable, from a loop to the log's thread. */
sealed interface LogEvent permits AccessEvent, TcpEvent {}
