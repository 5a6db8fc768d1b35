"""A service of the Open Inference Protocol that is no Node process: `serve.py PORT`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet.
    wbufsize = -1

    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        inputs = [{"name": "input", "datatype": "FP64", "shape": [-1, 2]}]
        self.answer({"name": "model", "extensions": [], "inputs": inputs})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        rows = request["inputs"][0]["shape"][0]
        outputs = [{"name": "predictions", "datatype": "FP64", "shape": [rows], "data": [0.5] * rows}]
        self.answer({"outputs": outputs})

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
