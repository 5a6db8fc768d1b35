"""A service by the Open Inference Protocol with Python's standard library. `serve.py PORT [BYTES]`: kept per request."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

kept = []
keep_bytes = int(sys.argv[2]) if len(sys.argv) > 2 else 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: two would wait 40 ms for each other's acknowledgement.
    wbufsize = -1

    def answer(self, body):
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path == "/v2":
            return self.answer({"name": "test", "version": "1", "extensions": []})
        self.answer({"name": "model", "inputs": [{"name": "input", "datatype": "FP64", "shape": [-1, 4]}]})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        rows = request["inputs"][0]["shape"][0]
        if keep_bytes:
            kept.append(bytes(keep_bytes))
        self.answer({"model_name": "model", "outputs": [{"name": "output", "datatype": "FP64", "shape": [rows], "data": [0.5] * rows}]})

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
