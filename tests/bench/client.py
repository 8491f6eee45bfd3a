"""A small load client: some keep-alive connections in a closed loop, each sends when it has its answer.

Threads and plain sockets, and of HTTP only what our own servers say. Its own cost is measured by `ceiling` and printed,
so that nobody takes it for the server's. Every answer is judged: a fast error is no figure.
"""

import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

TIMEOUT = 30  # seconds without a byte
FORM = "application/x-www-form-urlencoded"


class BenchFailed(Exception):
    """Something did not answer as it must; there is no figure to print."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()
    """Each as `name=value`; a session that was not used for a while comes beside the token."""


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes to send, and what the answer must be: its status, and for a redirect where it leads."""

    raw: bytes
    status: int = 200
    location: Callable[[str], bool] | None = None

    def judge(self, answer: Answer) -> None:
        """Raises BenchFailed for anything but the expected answer."""
        where = answer.headers.get("location", "")
        if answer.status != self.status or (self.location and not self.location(where)):
            line = self.raw.partition(b"\r\n")[0].decode()
            raise BenchFailed(f"{line}: {answer.status} {where}, not {self.status}")


@dataclass(slots=True)
class Sample:
    """One measurement. `latencies` (seconds) has one of each answer. `done` is the work inside the window: what was
    under way at its end counts by the part of its time that lies inside, so that slow pages are not rounded away."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    done: float = 0.0
    client_cpu: float = 0.0

    @property
    def answered(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        return self.done / self.seconds


def request(method: str, path: str, *, headers: dict[str, str], body: str = "", **expected) -> Request:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines += [f"Content-Type: {FORM}", f"Content-Length: {len(body.encode())}"]
    return Request("\r\n".join([*lines, "", body]).encode(), **expected)


class Connection:
    """One keep-alive connection to a loopback port; opened again where the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port, self.socket, self.rest = port, None, b""

    def ask(self, raw: bytes) -> Answer:
        if self.socket is None:
            self.socket, self.rest = socket.create_connection(("127.0.0.1", self.port), TIMEOUT), b""
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(raw)
        head = self._until_head()
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "content-length" not in headers:
            raise BenchFailed(f"an answer without Content-Length: {status}")
        body = self._exactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            self.close()
        cookies = tuple(
            line[len("set-cookie:") :].partition(";")[0].strip()
            for line in lines
            if line.lower().startswith("set-cookie:")
        )
        return Answer(int(status.split()[1]), headers, body, cookies)

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _until_head(self) -> bytes:
        while b"\r\n\r\n" not in self.rest:
            self._receive()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        return head

    def _exactly(self, length: int) -> bytes:
        while len(self.rest) < length:
            self._receive()
        body, self.rest = self.rest[:length], self.rest[length:]
        return body

    def _receive(self) -> None:
        got = self.socket.recv(1 << 18)
        if not got:
            raise BenchFailed("the server closed the connection in the middle")
        self.rest += got


def ask(port: int, one: Request) -> Answer:
    """A single request on a connection of its own, judged."""
    with closing(Connection(port)) as connection:
        answer = connection.ask(one.raw)
    one.judge(answer)
    return answer


def share_inside(sent: float, came: float, end: float) -> float:
    """How much of a request lies before the end: 1.0 where its answer does, 0.0 where it was sent too late."""
    return 1.0 if came <= end else max(0.0, end - sent) / (came - sent)


def measure(port: int, make: Callable[[int], Request], *, connections: int, seconds: float) -> Sample:
    """Keep `connections` requests under way for so many seconds. `make(n)` gives the n-th of this measurement.

    Raises BenchFailed for the first answer that is not as it must be.
    """
    numbers, faults = itertools.count(), []
    begin = threading.Barrier(connections + 1)
    found = [Sample(seconds) for _ in range(connections)]

    def loop(sample: Sample) -> None:
        with closing(Connection(port)) as connection:
            begin.wait()
            end = time.perf_counter() + seconds
            while not faults and time.perf_counter() < end:
                one = make(next(numbers))
                sent = time.perf_counter()
                answer = connection.ask(one.raw)
                came = time.perf_counter()
                one.judge(answer)
                sample.latencies.append(came - sent)
                sample.done += share_inside(sent, came, end)

    def guarded(sample: Sample) -> None:
        try:
            loop(sample)
        except Exception as fault:  # it is raised again below, in the thread that asked
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(sample,), daemon=True) for sample in found]
    for thread in threads:
        thread.start()
    begin.wait()
    cpu = time.process_time()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0] if isinstance(faults[0], BenchFailed) else BenchFailed(repr(faults[0]))
    return Sample(
        seconds,
        [latency for sample in found for latency in sample.latencies],
        sum(sample.done for sample in found),
        time.process_time() - cpu,
    )


@contextmanager
def trivial_server() -> Iterator[int]:
    """The port of a server that answers every request at once with the same 16 KB, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.trivial"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()  # it ends with its standard input
        process.wait(timeout=10)
        process.stdout.close()


def ceiling(*, connections: int, seconds: float) -> Sample:
    """The most that this client can do: the same loop against a server that does nothing."""
    one = request("GET", "/", headers={"Host": "127.0.0.1"})
    with trivial_server() as port:
        return measure(port, lambda _n: one, connections=connections, seconds=seconds)
