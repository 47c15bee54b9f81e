"""A small HTTPS server on the loopback that can misbehave, and a proxy; what tests of `inspyr pull` talk to.

A served file is described by File; Server.files maps paths to File or to a function that answers by itself."""
import http.server
import os
import socket
import ssl
import subprocess
import threading
import time


def make_certificate(folder):
    """A key and a certificate for localhost in one file; None where there is no openssl."""
    path = os.path.join(folder, "localhost.pem")
    try:
        done = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                               "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                               "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", path, "-out", path + ".crt"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return None
    if done.returncode:
        return None
    with open(path + ".crt") as certificate, open(path, "a") as both:
        both.write(certificate.read())
    return path


class File:
    def __init__(self, content, etag='"one"', modified=None, ranges=True, cut_at=None, pause=0, chunked=False,
                 stall_at=None):
        self.content, self.etag, self.modified, self.ranges = content, etag, modified, ranges
        self.cut_at, self.pause, self.chunked, self.stall_at = cut_at, pause, chunked, stall_at

    def begin(self, headers):
        """Where a request wants its answer to begin, if the server and If-Range agree to that; else None."""
        wanted, condition = headers.get("Range"), headers.get("If-Range")
        if not self.ranges or not wanted or condition not in (None, self.etag, self.modified):
            return None
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    def answer(self, handler):
        begin = self.begin(handler.headers)
        if begin is not None and begin >= len(self.content):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(self.content)}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(200 if begin is None else 206)
        for name, value in (("ETag", self.etag), ("Last-Modified", self.modified)):
            if value:
                handler.send_header(name, value)
        if begin is not None:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        body = self.content[begin or 0:]
        if self.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        self.send(handler, body)

    def send(self, handler, body):
        if self.cut_at is not None:
            body = body[:self.cut_at]
            handler.close_connection = True
        for at in range(0, len(body), 65536):
            piece = body[at:at + 65536]
            if self.stall_at is not None and at >= self.stall_at:
                time.sleep(5)
                return
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if self.chunked else piece)
            time.sleep(self.pause)
        if self.chunked:
            handler.wfile.write(b"0\r\n\r\n")


def status(code):
    def answer(handler):
        handler.send_response(code)
        handler.send_header("Content-Length", "5")
        handler.end_headers()
        handler.wfile.write(b"page\n")
    return answer


def redirect(target):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("ETag", '"of the redirection"')
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    return answer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        what = self.server.files.get(self.path, status(404))
        try:
            what.answer(self) if isinstance(what, File) else what(self)
        except OSError:
            self.close_connection = True  # the client went away, as some tests want it to

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, certificate):
        """certificate: None for one without a cover."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests = {}, []
        self.url = f"{'https' if certificate else 'http'}://localhost:{self.server_address[1]}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # handshakes that the client breaks off are what some tests are about

    def stop(self):
        self.shutdown()
        self.server_close()


class Proxy:
    """Tunnels what it is asked for with CONNECT, and remembers whereto."""

    def __init__(self):
        self.seen = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.tunnel, args=(client,), daemon=True).start()

    def tunnel(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        target = head.split()[1].decode()
        self.seen.append(target)
        host, port = target.rsplit(":", 1)
        with client, socket.create_connection((host, int(port))) as server:
            client.sendall(b"HTTP/1.1 200 OK\r\nETag: \"of the proxy\"\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(server, client), daemon=True)
            back.start()
            self.copy(client, server)
            back.join()

    @staticmethod
    def copy(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def stop(self):
        self.listener.close()
