"""The bare echo that callbacks are compared with: Flask and wechatpy in safe mode, nothing else.

Run by gunicorn with two workers of eight threads.
"""

import os

from flask import Flask, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

TOKEN, KEY, APP = os.environ["ECHO_TOKEN"], os.environ["ECHO_KEY"], os.environ["ECHO_APP"]

app = Flask(__name__)


@app.post("/wechat/official")
def echo() -> str:
    crypto = WeChatCrypto(TOKEN, KEY, APP)
    query = request.args
    plain = crypto.decrypt_message(request.data, query["msg_signature"], query["timestamp"], query["nonce"])
    message = parse_message(plain)
    reply = create_reply(getattr(message, "content", ""), message).render()
    return crypto.encrypt_message(reply, query["nonce"], query["timestamp"])
