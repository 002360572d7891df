"""The merchant's key is proved once and read as it stands in its file."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.pay.keys import BadKey, private_key
from server.sandbox.pay_keys import MERCHANT_FILE, PayAccount, new_key


def test_a_key_is_proved_once_and_another_in_its_place_is_taken(tmp_path: Path):
    file, account = tmp_path / MERCHANT_FILE, PayAccount.example(())
    account.write(tmp_path)
    first = private_key(file)
    assert first.private_numbers() == account.merchant.private_numbers()
    assert private_key(file) is first
    (tmp_path / "pub_key.pem").replace(file)
    with pytest.raises(BadKey, match=MERCHANT_FILE):
        private_key(file)
    other = replace(account, merchant=new_key())
    other.write(tmp_path)
    assert private_key(file).private_numbers() == other.merchant.private_numbers()
    file.unlink()
    with pytest.raises(BadKey, match="cannot be read"):
        private_key(file)
