import os
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platform_pushes import KEY, OLD_KEY, RECEIVE_ID, TOKEN, VECTORS, raw_seal
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as EnterpriseCrypto

from server.wechat import crypto
from server.wechat.crypto import Cipher, Forged, sign

CIPHER = Cipher(TOKEN, KEY, RECEIVE_ID)
STAMP, NONCE = "1714112445", "415670741"

named = {"ids": lambda vector: vector["name"]}


def body(plain: bytes, receive_id: bytes = RECEIVE_ID.encode(), length: int | None = None) -> bytes:
    size = len(plain) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + plain + receive_id


def padded(block: bytes) -> bytes:
    missing = 32 - len(block) % 32
    return block + bytes([missing]) * missing


def open_signed(encrypt: str) -> bytes:
    return CIPHER.open(encrypt, CIPHER.sign(STAMP, NONCE, encrypt), STAMP, NONCE).plain


@pytest.mark.parametrize("vector", VECTORS["signed"], **named)
def test_published_signatures(vector):
    assert sign(vector["token"], *vector["parts"]) == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["sealed"], **named)
def test_published_messages_open(vector):
    cipher = Cipher(vector["token"], vector["key"], vector["receive_id"])
    stamp, nonce = vector.get("timestamp", "1"), vector.get("nonce", "2")
    signature = vector.get("msg_signature") or cipher.sign(stamp, nonce, vector["encrypt"])
    assert cipher.open(vector["encrypt"], signature, stamp, nonce).plain.decode() == vector["plain"]


@pytest.mark.parametrize("vector", [v for v in VECTORS["sealed"] if "random" in v], **named)
def test_published_messages_are_sealed_byte_by_byte(vector, monkeypatch):
    monkeypatch.setattr(crypto.os, "urandom", lambda size: vector["random"].encode())
    cipher = Cipher(vector["token"], vector["key"], vector["receive_id"])
    sealed = cipher.seal(vector["plain"].encode(), vector.get("timestamp", "1"), vector.get("nonce", "2"))
    assert sealed.encrypt == vector["encrypt"]
    if "msg_signature" in vector:
        assert sealed.msg_signature == vector["msg_signature"]


texts = st.text(min_size=1).map(lambda text: text.encode("utf-8", "replace").decode())
nonces = st.text("abcdefghij0123456789", min_size=1, max_size=20)


@pytest.mark.parametrize("library", [WeChatCrypto, EnterpriseCrypto])
@given(text=texts, nonce=nonces)
def test_wechatpy_opens_what_we_seal(library, text, nonce):
    sealed = CIPHER.seal(text.encode(), STAMP, nonce)
    opened = library(TOKEN, KEY, RECEIVE_ID).decrypt_message(
        {"Encrypt": sealed.encrypt}, sealed.msg_signature, STAMP, nonce
    )
    assert opened.encode() == text.encode()


@pytest.mark.parametrize("library", [WeChatCrypto, EnterpriseCrypto])
@given(text=texts, nonce=nonces)
def test_we_open_what_wechatpy_seals(library, text, nonce):
    sealed = library(TOKEN, KEY, RECEIVE_ID).encrypt_message(text, nonce, STAMP)
    encrypt = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = sealed.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    assert CIPHER.open(encrypt, signature, STAMP, nonce).plain == text.encode()


@given(plain=st.binary(max_size=200), receive_id=st.sampled_from(["", RECEIVE_ID, "wx5823bf96d3bd56c7"]))
def test_every_length_comes_back(plain, receive_id):
    cipher = Cipher(TOKEN, KEY, receive_id)
    sealed = cipher.seal(plain, STAMP, NONCE)
    assert cipher.open(sealed.encrypt, sealed.msg_signature, STAMP, NONCE).plain == plain


def test_the_same_message_looks_different_each_time():
    assert CIPHER.seal(b"x", STAMP, NONCE).encrypt != CIPHER.seal(b"x", STAMP, NONCE).encrypt


def test_the_previous_key_still_opens_and_the_reply_uses_it():
    old, both = Cipher(TOKEN, OLD_KEY, RECEIVE_ID), Cipher(TOKEN, KEY, RECEIVE_ID, OLD_KEY)
    sealed = old.seal(b"hello", STAMP, NONCE)
    opened = both.open(sealed.encrypt, sealed.msg_signature, STAMP, NONCE)
    assert opened.plain == b"hello"
    answer = both.seal(b"answer", STAMP, NONCE, opened.key)
    assert old.open(answer.encrypt, answer.msg_signature, STAMP, NONCE).plain == b"answer"


def test_new_messages_use_the_current_key():
    sealed = Cipher(TOKEN, KEY, RECEIVE_ID, OLD_KEY).seal(b"hello", STAMP, NONCE)
    assert CIPHER.open(sealed.encrypt, sealed.msg_signature, STAMP, NONCE).plain == b"hello"


def test_without_the_previous_key_an_old_message_is_forged():
    sealed = Cipher(TOKEN, OLD_KEY, RECEIVE_ID).seal(b"hello", STAMP, NONCE)
    with pytest.raises(Forged):
        CIPHER.open(sealed.encrypt, sealed.msg_signature, STAMP, NONCE)


@pytest.mark.parametrize("signature", ["", "0" * 40, "é" * 40, "\ud800", "x" * 100_000])
def test_a_wrong_signature_is_forged(signature):
    sealed = CIPHER.seal(b"hello", STAMP, NONCE)
    with pytest.raises(Forged, match="msg_signature"):
        CIPHER.open(sealed.encrypt, signature, STAMP, NONCE)


def test_a_signature_in_capitals_is_not_the_signature():
    sealed = CIPHER.seal(b"hello", STAMP, NONCE)
    with pytest.raises(Forged):
        CIPHER.open(sealed.encrypt, sealed.msg_signature.upper(), STAMP, NONCE)


@pytest.mark.parametrize("part", ["timestamp", "nonce", "encrypt", "token"])
def test_each_signed_part_counts(part):
    sealed = CIPHER.seal(b"hello", STAMP, NONCE)
    cipher = Cipher("other", KEY, RECEIVE_ID) if part == "token" else CIPHER
    given = {"encrypt": sealed.encrypt, "timestamp": STAMP, "nonce": NONCE}
    if part in given:
        given[part] += "1"
    with pytest.raises(Forged, match="msg_signature"):
        cipher.open(given["encrypt"], sealed.msg_signature, given["timestamp"], given["nonce"])


def test_parts_that_are_not_text_are_forged():
    with pytest.raises(Forged):
        CIPHER.sign("\udcff")


HOSTILE = {
    "nothing": "",
    "not base64": "!!!!",
    "base64 with a line break": raw_seal(KEY, padded(body(b"hello")))[:20]
    + "\n"
    + raw_seal(KEY, padded(body(b"hello")))[20:],
    "half a block": "QUJD",
    "an odd number of AES blocks": raw_seal(KEY, padded(body(b"hello"))[:-16]),
    "one block of noise": raw_seal(KEY, os.urandom(32)[:31] + b"\x01"),
    "pad 0": raw_seal(KEY, body(b"hello" * 10)[:63] + b"\x00"),
    "pad 33": raw_seal(KEY, body(b"h" * 25) + b"\x21" * 33),
    "pad 200": raw_seal(KEY, b"\xc8" * 256),
    "a pad that is not all alike": raw_seal(KEY, (body(b"hello") + b"\x00" * 32)[:63] + b"\x15"),
    "another app's id": raw_seal(KEY, padded(body(b"hello", b"wx0000000000000000"))),
    "no id": raw_seal(KEY, padded(body(b"hello", b""))),
    "an id that goes on": raw_seal(KEY, padded(body(b"hello", RECEIVE_ID.encode() + b"x"))),
    "a length beyond the end": raw_seal(KEY, padded(body(b"hello", length=2**32 - 1))),
    "a length that is too short": raw_seal(KEY, padded(body(b"hello", length=4))),
    "a length into the padding": raw_seal(KEY, padded(body(b"hello", b"", length=10))),
    "only a pad": raw_seal(KEY, b"\x20" * 32),
}


@pytest.mark.parametrize("encrypt", HOSTILE.values(), ids=HOSTILE)
def test_what_the_token_signed_may_still_be_forged(encrypt):
    with pytest.raises(Forged):
        open_signed(encrypt)


def test_the_hostile_table_is_built_right():
    assert open_signed(raw_seal(KEY, padded(body(b"hello")))) == b"hello"


def test_a_length_into_the_padding_is_refused_with_an_empty_id_too():
    robot = Cipher(TOKEN, KEY, "")
    encrypt = raw_seal(KEY, padded(body(b"hello", b"", length=12)))
    with pytest.raises(Forged):
        robot.open(encrypt, robot.sign(STAMP, NONCE, encrypt), STAMP, NONCE)


@given(st.binary(max_size=300))
def test_noise_is_forged_and_nothing_else(noise):
    encrypt = raw_seal(KEY, noise + b"\0" * (-len(noise) % 16))
    with pytest.raises(Forged):
        open_signed(encrypt)


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "é" * 43, "A" * 42 + "\n"])
def test_a_key_that_is_none_is_told_at_the_start(key):
    with pytest.raises(ValueError, match="43"):
        Cipher(TOKEN, key, RECEIVE_ID)


def test_the_example_key_has_32_bytes():
    assert len(b64decode(KEY + "=")) == 32
