"""Whether ports are free, listen, and answer."""

import socket
import ssl
import time
import urllib.error
import urllib.request

from sidebyside.machine import Trouble

ANY_CERTIFICATE = ssl._create_unverified_context()


def wait_listening(port, programs, seconds=60):
    """Until something accepts on the port, without a request: one through a half-started chain would open breakers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for program in programs:
            program.check_alive()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    logs = "".join(f"\n  the end of {program.log}:\n{program.tail()}" for program in programs)
    raise Trouble(f"nothing listened on port {port} within {seconds} s{logs}")


def wait_for(url, headers, programs, seconds=60):
    """Until the URL answers 200 through the programs."""
    end = time.monotonic() + seconds
    last = "no answer"
    while time.monotonic() < end:
        for program in programs:
            program.check_alive()
        try:
            asked = urllib.request.Request(url, headers=headers)
            with urllib.request.urlopen(asked, timeout=5, context=ANY_CERTIFICATE) as answer:
                if answer.status == 200 and len(answer.read()) == 1024:
                    return
                last = f"status {answer.status}, not the backend's 1 KiB"
        except urllib.error.HTTPError as error:
            last = f"status {error.code}: {error.read(300).decode(errors='replace')}"
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    logs = "".join(f"\n  the end of {program.log}:\n{program.tail()}" for program in programs)
    raise Trouble(f"{url} did not answer 200 within {seconds} s; the last word was: {last}{logs}")


def check_free(ports):
    """Before anything is started, so that no stranger is measured."""
    taken = []
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                taken.append(str(port))
    if taken:
        raise Trouble(f"taken on 127.0.0.1: port {', '.join(taken)}. Choose others with --base-port, now {min(ports)}.")


def wait_ready(port, programs, seconds=60):
    """Until /ready of an admin port answers 200, asked often: the moment it does is a figure."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if _answers_ready(port):
            return
        for program in programs:
            program.check_alive()
        time.sleep(0.002)
    raise Trouble(f"http://127.0.0.1:{port}/ready did not answer 200 within {seconds} s")


def _answers_ready(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(4096).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False
