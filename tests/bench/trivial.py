"""The server against which the client is measured: it reads a head, answers 16 KB, and ends with its standard input."""

import socket
import sys
import threading

BODY = b"x" * 16_384
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def serve(connection: socket.socket) -> None:
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read = b""
        while got := connection.recv(65_536):
            read += got
            if read.endswith(b"\r\n\r\n"):
                connection.sendall(ANSWER)
                read = b""


def accept(listener: socket.socket) -> None:
    while True:
        connection, _address = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        sys.stdin.read()
