"""The bare echo that payments are compared with: proves and unseals a notification, and does nothing else.

Run by gunicorn with two workers of eight threads.
"""

import base64
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from flask import Flask, Response, request

SEALED = AESGCM(os.environ["ECHO_API_KEY"].encode())
PLATFORM = load_pem_public_key(Path(os.environ["ECHO_PLATFORM"]).read_bytes())

app = Flask(__name__)


@app.post("/pay/notify")
def echo() -> Response:
    head, body = request.headers, request.data
    said = f"{head['Wechatpay-Timestamp']}\n{head['Wechatpay-Nonce']}\n".encode() + body + b"\n"
    PLATFORM.verify(base64.b64decode(head["Wechatpay-Signature"]), said, PKCS1v15(), SHA256())
    sealed = json.loads(body)["resource"]
    nonce, about = sealed["nonce"].encode(), sealed["associated_data"].encode()
    json.loads(SEALED.decrypt(nonce, base64.b64decode(sealed["ciphertext"]), about))
    return Response(status=204)
