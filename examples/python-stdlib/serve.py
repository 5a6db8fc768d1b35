#!/usr/bin/env python3
"""Serves the model by the Open Inference Protocol: python3 serve.py --port 8080 [--weights model.json]

JSON and binary tensors (FP32 and FP64), one input "features" of shape [-1, 8], one output "prediction" of shape [-1].
"""

import argparse
import json
import math
import signal
import sys
import threading
import time
from array import array
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

from model import BUILT_IN, load_model

INPUT, OUTPUT = "features", "prediction"
TYPE_CODES = {"FP32": "f", "FP64": "d"}
MOST_BODY_BYTES = 64 * 2**20


class BadRequest(Exception):
    """What the client got wrong, in words for the client."""

    def __init__(self, message, status=HTTPStatus.BAD_REQUEST):
        super().__init__(message)
        self.status = status


def reject_constant(name):
    raise BadRequest(f"{name} is not JSON; send binary tensors if a feature may be missing")


def little_endian(values):
    """Tensors are little-endian on the wire; swapping twice changes nothing."""
    if sys.byteorder == "big":
        values.byteswap()
    return values


def flatten(data):
    """Values of a JSON tensor, which may be flat or nested like its shape."""
    if data and isinstance(data[0], list):
        return [value for row in data for value in flatten(row)]
    return data


def decode_request(body, header_length, expected_features):
    """Returns (values as one row after the other, number of rows, whether the answer is to be binary, id)."""
    try:
        request = json.loads(body[:header_length], parse_constant=reject_constant)
        (tensor,) = request["inputs"]
        rows, features = tensor["shape"]
        datatype = tensor["datatype"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f'expected one input tensor "{INPUT}" of shape [rows, {expected_features}]: {error}') from error
    if features != expected_features or not isinstance(rows, int) or rows < 1:
        raise BadRequest(f'input "{INPUT}" has shape {tensor["shape"]}, expected [rows, {expected_features}]')
    if datatype not in TYPE_CODES:
        raise BadRequest(f"datatype {datatype} is not served, expected one of {', '.join(TYPE_CODES)}")
    size = tensor.get("parameters", {}).get("binary_data_size")
    try:
        if size is None:
            values = array("d", flatten(tensor["data"]))
        else:
            values = little_endian(array(TYPE_CODES[datatype], body[header_length : header_length + size]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(f'data of input "{INPUT}" cannot be read: {error}') from error
    if len(values) != rows * features:
        raise BadRequest(f'input "{INPUT}" has {len(values)} values, expected {rows} x {features}')
    wants_binary = request.get("parameters", {}).get("binary_data_output", False)
    for output in request.get("outputs", []):
        wants_binary = output.get("parameters", {}).get("binary_data", wants_binary)
    return values, rows, wants_binary, request.get("id")


def encode_response(predictions, binary, model_name, request_id):
    """Returns (body, length of its JSON part if tensors follow it, else None)."""
    tensor = {"name": OUTPUT, "shape": [len(predictions)], "datatype": "FP64"}
    response = {"model_name": model_name, "outputs": [tensor]}
    if request_id is not None:
        response["id"] = request_id
    if not binary:
        # JSON has no word for NaN.
        tensor["data"] = [value if math.isfinite(value) else None for value in predictions]
        return json.dumps(response).encode(), None
    data = little_endian(array("d", predictions)).tobytes()
    tensor["parameters"] = {"binary_data_size": len(data)}
    head = json.dumps(response).encode()
    return head + data, len(head)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Buffered, so that the head and a small body leave in one packet.
    wbufsize = -1
    # A connection that says nothing for so long is given up, and its thread with it.
    timeout = 120

    def do_GET(self):
        name = quote(self.server.model_name, safe="")
        path = urlsplit(self.path).path
        if path in ("/v2/health/live", "/v2/health/ready", f"/v2/models/{name}/ready"):
            self.reply({"ready": True})
        elif path == "/v2":
            self.reply({"name": "python-stdlib", "version": "1", "extensions": ["binary_tensor_data"]})
        elif path == f"/v2/models/{name}":
            shape = [-1, len(self.server.model.features)]
            self.reply(
                {
                    "name": self.server.model_name,
                    "versions": ["1"],
                    "platform": "python",
                    "inputs": [{"name": INPUT, "datatype": "FP64", "shape": shape}],
                    "outputs": [{"name": OUTPUT, "datatype": "FP64", "shape": [-1]}],
                }
            )
        else:
            self.reply({"error": f"nothing at {path}"}, HTTPStatus.NOT_FOUND)

    def do_POST(self):
        try:
            body = self.read_body()
            path = urlsplit(self.path).path
            if path != f"/v2/models/{quote(self.server.model_name, safe='')}/infer":
                raise BadRequest(f"nothing at {path}", HTTPStatus.NOT_FOUND)
            self.infer(body)
        except BadRequest as error:
            self.reply({"error": str(error)}, error.status)

    def infer(self, body):
        model = self.server.model
        began = time.perf_counter()
        header_length = self.header_number("Inference-Header-Content-Length", len(body))
        values, _, binary, request_id = decode_request(body, header_length, len(model.features))
        decoded = time.perf_counter()
        width = len(model.features)
        predictions = model.predict([values[column::width] for column in range(width)])
        predicted = time.perf_counter()
        answer, json_length = encode_response(predictions, binary, self.server.model_name, request_id)
        parts = (("decode", decoded - began), ("predict", predicted - decoded), ("encode", time.perf_counter() - predicted))
        headers = {"Server-Timing": ", ".join(f"{name};dur={1000 * seconds:.3f}" for name, seconds in parts)}
        if json_length is None:
            headers["Content-Type"] = "application/json"
        else:
            headers["Content-Type"] = "application/octet-stream"
            headers["Inference-Header-Content-Length"] = str(json_length)
        self.send(HTTPStatus.OK, answer, headers)

    def read_body(self):
        length = self.header_number("Content-Length", 0)
        if length > MOST_BODY_BYTES:
            self.close_connection = True
            raise BadRequest(f"at most {MOST_BODY_BYTES} bytes are read", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self.rfile.read(length)

    def header_number(self, name, default):
        text = self.headers.get(name, str(default))
        if not text.isdecimal():
            self.close_connection = True
            raise BadRequest(f"{name} is {text}, expected a number")
        return int(text)

    def reply(self, document, status=HTTPStatus.OK):
        self.send(status, json.dumps(document).encode(), {"Content-Type": "application/json"})

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """A line for each request would cost more than the prediction."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--model", default="alpha", help="name in the protocol's paths")
    parser.add_argument("--weights", help="the model.json that pipeline.py wrote; default: built-in weights")
    arguments = parser.parse_args()
    with Server(("127.0.0.1", arguments.port), Handler) as server:
        server.model = BUILT_IN if arguments.weights is None else load_model(arguments.weights)
        server.model_name = arguments.model
        # shutdown() waits for the loop that this handler interrupts, so it needs a thread of its own.
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"serving {arguments.model} on http://127.0.0.1:{server.server_port}", flush=True)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
