import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from gennaker.client.outbound import AsyncOutbound, Call, Limits, Outbound
from gennaker.errors import Denied, StageFailed
from gennaker.security.urls import UrlPolicy


class Handler(BaseHTTPRequestHandler):
    def _serve(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode()
        self.server.seen.append(
            (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        )
        status, headers, content = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = _serve

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.seen, http.answers = [], {}
        http.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield http
        http.shutdown()
        thread.join()


@pytest.fixture(params=["sync", "async"])
def send(request):
    def run(call, policy, **limits):
        if request.param == "sync":
            with Outbound(policy, limits=Limits(**limits)) as client:
                return client.send(call)

        async def go():
            async with AsyncOutbound(policy, limits=Limits(**limits)) as client:
                return await client.send(call)

        return asyncio.run(go())

    return run


LOCAL = UrlPolicy(("127.0.0.0/8", "::1/128", "*"), resolver=lambda host, port: ["127.0.0.1"])


def test_json_goes_out_and_comes_back(server, send):
    server.answers["/x?a=1"] = (201, {"X-Id": "7"}, b'{"ok": true}')
    call = Call("POST", f"http://service.example:{server.port}/x?a=1", headers={"X-A": "b"}, json={"n": 1})
    answer = send(call, LOCAL)
    assert (answer.status, answer.parsed(), answer.headers["x-id"]) == (201, {"ok": True}, "7")
    method, _, headers, body = server.seen[0]
    assert (method, json.loads(body), headers["x-a"]) == ("POST", {"n": 1}, "b")
    assert headers["host"] == f"service.example:{server.port}"


def test_basic_authentication(server, send):
    server.answers["/"] = (200, {}, b"fine")
    answer = send(Call("GET", f"http://a.example:{server.port}/", auth=("me", "pw")), LOCAL)
    assert answer.parsed() == "fine"
    assert server.seen[0][2]["authorization"] == "Basic bWU6cHc="


def test_the_connection_goes_to_the_checked_address_and_is_never_looked_up_again(server, send):
    server.answers["/"] = (200, {}, b"")
    asked = []

    def resolver(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.9"]

    policy = UrlPolicy(("127.0.0.1/32",), resolver=resolver)
    assert send(Call("GET", f"http://rebinding.example:{server.port}/"), policy).status == 200
    assert asked == ["rebinding.example"]


def test_the_next_address_is_tried_when_one_is_dead(server, send):
    server.answers["/"] = (200, {}, b"")
    policy = UrlPolicy(("127.0.0.0/8",), resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
    assert send(Call("POST", f"http://two.example:{server.port}/", json=[1]), policy).status == 200
    assert json.loads(server.seen[0][3]) == [1]


def test_redirects_are_checked_again(server, send):
    server.answers["/"] = (302, {"Location": f"http://inside.example:{server.port}/secret"}, b"")
    addresses = {"outside.example": ["127.0.0.1"], "inside.example": ["127.0.0.5"]}
    policy = UrlPolicy(("127.0.0.1/32",), resolver=lambda host, port: addresses[host])
    with pytest.raises(Denied):
        send(Call("GET", f"http://outside.example:{server.port}/"), policy)
    assert [path for _, path, _, _ in server.seen] == ["/"]


def test_another_host_does_not_get_the_headers(server, send):
    server.answers["/"] = (307, {"Location": f"http://other.example:{server.port}/there"}, b"")
    server.answers["/there"] = (200, {}, b"done")
    call = Call(
        "POST",
        f"http://one.example:{server.port}/",
        headers={"X-Api-Key": "k"},
        json={"a": 1},
        auth=("u", "p"),
    )
    answer = send(call, LOCAL)
    assert answer.text == "done"
    assert answer.url == f"http://other.example:{server.port}/there"
    _, _, headers, body = server.seen[1]
    assert "x-api-key" not in headers
    assert "authorization" not in headers
    assert json.loads(body) == {"a": 1}


def test_the_same_host_keeps_them(server, send):
    server.answers["/"] = (303, {"Location": "/there"}, b"")
    server.answers["/there"] = (200, {}, b"")
    send(
        Call("POST", f"http://one.example:{server.port}/", headers={"X-Api-Key": "k"}, auth=("u", "p")), LOCAL
    )
    method, _, headers, _ = server.seen[1]
    assert (method, headers["x-api-key"], headers["authorization"]) == ("GET", "k", "Basic dTpw")


def test_a_circle_of_redirects_ends(server, send):
    server.answers["/"] = (302, {"Location": "/"}, b"")
    with pytest.raises(StageFailed, match="more than 2 redirects"):
        send(Call("GET", f"http://one.example:{server.port}/"), LOCAL, max_redirects=2)
    assert len(server.seen) == 3


def test_a_long_response_is_cut(server, send):
    server.answers["/"] = (200, {}, b"x" * 5000)
    with pytest.raises(StageFailed, match="longer than 4000 bytes"):
        send(Call("GET", f"http://one.example:{server.port}/"), LOCAL, max_bytes=4000)


def test_a_dead_port_is_a_connection_error(server, send):
    policy = UrlPolicy(("127.0.0.0/8",), resolver=lambda host, port: ["127.0.0.2"])
    with pytest.raises(httpx.ConnectError):
        send(Call("GET", f"http://dead.example:{server.port}/"), policy)


def test_a_slow_peer_is_left(send):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://slow.example:{listener.getsockname()[1]}/"

        def drip():
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
                try:
                    while True:
                        connection.sendall(b"x")
                        threading.Event().wait(0.02)
                except OSError:
                    pass

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(httpx.ReadTimeout, match="no complete response"):
            send(Call("GET", url), LOCAL, total_seconds=0.3)
        thread.join()


def test_proxies_of_the_environment_are_not_asked(server, send, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.answers["/"] = (200, {}, b"")
    assert send(Call("GET", f"http://one.example:{server.port}/"), LOCAL).status == 200


def test_ipv6(send):
    import socket

    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")

    class Server6(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    try:
        http = Server6(("::1", 0), Handler)
    except OSError:
        pytest.skip("no IPv6 here")
    with http:
        http.seen, http.answers = [], {"/": (200, {}, b"six")}
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        policy = UrlPolicy(allow_loopback=True, resolver=lambda host, port: ["::1"])
        try:
            assert send(Call("GET", f"http://six.example:{http.server_address[1]}/"), policy).text == "six"
        finally:
            http.shutdown()
            thread.join()
