#!/usr/bin/env python3
"""Serves a LightGBM model by the Open Inference Protocol: python3 serve.py --port 8080 [--model-file model.txt]"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

import lightgbm
import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

NAME, INPUT, OUTPUT = "alpha", "features", "prediction"
DATATYPES = {"FP32": "<f4", "FP64": "<f8"}
# Requests under way beyond this are refused at once: a queue that grows makes every answer late.
MOST_UNDER_WAY = 64

app = FastAPI(title="LightGBM by the Open Inference Protocol")


def decode(body, header_length):
    """Returns (array [rows, features], whether the answer is to be binary, id)."""
    try:
        request = json.loads(body[:header_length])
        (tensor,) = request["inputs"]
        shape = tensor["shape"]
        datatype = DATATYPES[tensor["datatype"]]
        size = tensor.get("parameters", {}).get("binary_data_size")
        if size is None:
            values = np.asarray(tensor["data"], dtype=np.float64)
        else:
            values = np.frombuffer(body[header_length : header_length + size], dtype=datatype).astype(np.float64)
        values = values.reshape(shape)
        binary = request.get("parameters", {}).get("binary_data_output", False)
        for output in request.get("outputs", []):
            binary = output.get("parameters", {}).get("binary_data", binary)
    except (ValueError, KeyError, TypeError) as error:
        raise HTTPException(400, f'expected one tensor "{INPUT}" of shape [rows, features]: {error}') from error
    expected = app.state.booster.num_feature()
    if values.ndim != 2 or values.shape[1] != expected:
        raise HTTPException(400, f'tensor "{INPUT}" has shape {shape}, expected [rows, {expected}]')
    return values, binary, request.get("id")


@app.get("/v2/health/live")
@app.get("/v2/health/ready")
@app.get(f"/v2/models/{NAME}/ready")
async def ready():
    return {"ready": True}


@app.get("/v2")
async def server():
    return {"name": "fastapi-lightgbm", "version": "1", "extensions": ["binary_tensor_data"]}


@app.get(f"/v2/models/{NAME}")
async def metadata():
    features = app.state.booster.num_feature()
    return {
        "name": NAME,
        "platform": "lightgbm",
        "inputs": [{"name": INPUT, "datatype": "FP64", "shape": [-1, features]}],
        "outputs": [{"name": OUTPUT, "datatype": "FP64", "shape": [-1]}],
    }


@app.post(f"/v2/models/{NAME}/infer")
async def infer(request: Request):
    if app.state.under_way >= MOST_UNDER_WAY:
        raise HTTPException(503, "too many requests under way", headers={"Retry-After": "1"})
    app.state.under_way += 1
    try:
        body = await request.body()
        began = time.perf_counter()
        values, binary, request_id = decode(body, int(request.headers.get("inference-header-content-length", len(body))))
        decoded = time.perf_counter()
        predictions = await run_in_threadpool(app.state.booster.predict, values, num_threads=1)
        done = time.perf_counter()
    finally:
        app.state.under_way -= 1
    tensor = {"name": OUTPUT, "shape": [len(predictions)], "datatype": "FP64"}
    answer = {"model_name": NAME, "outputs": [tensor]} | ({} if request_id is None else {"id": request_id})
    headers = {"Server-Timing": f"decode;dur={(decoded - began) * 1e3:.3f}, predict;dur={(done - decoded) * 1e3:.3f}"}
    if not binary:
        tensor["data"] = predictions.tolist()
        return Response(json.dumps(answer), headers=headers, media_type="application/json")
    data = predictions.astype("<f8").tobytes()
    tensor["parameters"] = {"binary_data_size": len(data)}
    head = json.dumps(answer).encode()
    headers["Inference-Header-Content-Length"] = str(len(head))
    return Response(head + data, headers=headers, media_type="application/octet-stream")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--model-file", type=Path, default=Path(__file__).with_name("model.txt"))
    arguments = parser.parse_args()
    if not arguments.model_file.is_file():
        sys.exit(f"no model at {arguments.model_file}: train one first, with pipeline.py")
    app.state.booster = lightgbm.Booster(model_file=arguments.model_file)
    app.state.under_way = 0
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=arguments.port, log_level="warning"))
    asyncio.run(server.serve())


if __name__ == "__main__":
    main()
