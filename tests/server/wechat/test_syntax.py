import pytest

from server.wechat.syntax import Malformed, read

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><xml><a>&l9;</a></xml>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 20000}">]><xml><a>{"&a;" * 5000}</a></xml>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]><xml><a>1</a></xml>',
    "external file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><a>&f;</a></xml>',
    "external http": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><a>1</a></xml>',
    "external ftp": '<!DOCTYPE x [<!ENTITY f PUBLIC "p" "ftp://127.0.0.1/x">]><xml><a>&f;</a></xml>',
    "lower case": '<!doctype x [<!ENTITY a "b">]><xml><a>1</a></xml>',
    "after a comment": '<!-- --><!DOCTYPE x [<!ENTITY a "b">]><xml><a>&a;</a></xml>',
    "after a declaration": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><xml><a>1</a></xml>',
    "no document type at all": "<xml><a>&lol;</a></xml>",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7"]
)
def test_entities_are_refused_before_they_are_read(bomb, encoding):
    with pytest.raises(Malformed):
        read(bomb.encode(encoding))


def test_a_document_type_is_named_as_the_reason():
    with pytest.raises(Malformed, match="document type"):
        read(BOMBS["billion laughs"].encode())


def test_a_declared_encoding_does_not_change_the_reading():
    body = '<?xml version="1.0" encoding="GBK"?><xml><Content>灯</Content></xml>'
    assert read(body.encode()) == ("xml", {"Content": "灯"})
    with pytest.raises(Malformed):
        read(body.encode("gbk"))


def test_words_about_document_types_are_only_words():
    body = b"<xml><Content><![CDATA[<!DOCTYPE html><!ENTITY x 'y'>&x;]]></Content></xml>"
    assert read(body)[1] == {"Content": "<!DOCTYPE html><!ENTITY x 'y'>&x;"}


def test_an_include_is_an_element_like_any_other():
    body = '<xml xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd"/></xml>'
    assert read(body.encode())[1] == {"xi:include": ""}


def test_xml_fields_are_text_and_keep_their_blanks():
    body = "\n <xml> <a> 1\n</a><b></b><c/><d><![CDATA[x]]><![CDATA[ 👨‍👩‍👧 ]]>&lt;</d> </xml> "
    assert read(body.encode())[1] == {"a": " 1\n", "b": "", "c": "", "d": "x 👨‍👩‍👧 <"}


@pytest.mark.parametrize("many", ["List", "SelectedItem", "OptionId", "item", "Item"])
def test_one_entry_looks_like_several(many):
    assert read(f"<xml><a><{many}>1</{many}></a></xml>".encode())[1] == {"a": {many: ["1"]}}
    assert read(f"<xml><a><{many}>1</{many}><{many}>2</{many}></a></xml>".encode())[1] == {
        "a": {many: ["1", "2"]}
    }
    assert read(f"<xml><a><{many}/></a></xml>".encode())[1] == {"a": {many: []}}
    assert read(f'{{"a": {{"{many}": "1"}}}}'.encode())[1] == {"a": {many: ["1"]}}
    assert read(f'{{"{many}": ["1", "2"]}}'.encode())[1] == {many: ["1", "2"]}


def test_any_other_name_given_twice_is_kept_twice():
    assert read(b"<xml><a>1</a><a>2</a><a>3</a></xml>")[1] == {"a": ["1", "2", "3"]}


BROKEN = {
    "nothing": b"",
    "blanks": b" \n ",
    "words": b"not xml",
    "a list": b"[1]",
    "another root": b"<a/>",
    "another root with fields": b"<a><b>1</b></a>",
    "an empty root": b"<xml/>",
    "only text in the root": b"<xml>text</xml>",
    "unclosed": b"<xml><a>1</a>",
    "closed in the wrong order": b"<xml><a><b>1</a></b></xml>",
    "a second root": b"<xml><a>1</a></xml><xml><a>1</a></xml>",
    "words after the root": b"<xml><a>1</a></xml>x",
    "words between fields": b"<xml><a>1</a>x<b>2</b></xml>",
    "words before children": b"<xml><a>x<b>2</b></a></xml>",
    "bad UTF-8": b"<xml><a>\xff\xfe</a></xml>",
    "half a character": b"<xml><a>\xed\xa0\x80</a></xml>",
    "NUL": b"<xml><a>\x00</a></xml>",
    "NUL by number": b"<xml><a>&#0;</a></xml>",
    "half a character by number": b"<xml><a>&#xD800;</a></xml>",
    "deep": b"<xml>" + b"<a>" * 5000 + b"1" + b"</a>" * 5000 + b"</xml>",
    "deep and unclosed": b"<xml>" + b"<a>" * 20000,
    "JSON unclosed": b'{"a": 1',
    "JSON with more after it": b'{"a": 1} {"b": 2}',
    "JSON deep": b'{"a":' + b"[" * 20000,
    "JSON deep and closed": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "JSON deep objects": b'{"a":' * 17 + b"1" + b"}" * 17,
    "JSON a name twice": b'{"a": 1, "a": 2}',
    "JSON a name twice inside": b'{"b": {"a": 1, "a": 2}}',
    "JSON NaN": b'{"a": NaN}',
    "JSON infinity": b'{"a": -Infinity}',
    "JSON too large": b'{"a": 1e400}',
    "JSON 5 000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "JSON 5 200 digits after the point": b'{"a": 0.' + b"9" * 5200 + b"}",
    "JSON 40 digits": b'{"a": ' + b"9" * 40 + b"}",
    "JSON NUL": rb'{"a": "\u0000"}',
    "JSON NUL in a name": rb'{"\u0000": 1}',
    "JSON half a character": rb'{"a": ["\ud83d"]}',
    "JSON half a character in a name": rb'{"a": {"\udc00": 1}}',
    "JSON bad UTF-8": b'{"a": "\xff"}',
    "JSON UTF-16": '{"a": 1}'.encode("utf-16"),
    "JSON UTF-32": '{"a": 1}'.encode("utf-32-le"),
    "JSON a raw line break": b'{"a": "\n"}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_bodies_are_malformed(body):
    with pytest.raises(Malformed):
        read(body)


def test_signs_that_xml_does_not_know_are_left_out_and_the_words_stay():
    assert read("<xml><a>3号楼\x08灯\x1f不亮\t\n</a></xml>".encode()) == ("xml", {"a": "3号楼灯不亮\t\n"})


def test_json_fields_keep_their_types():
    body = '{"a": "灯👍", "b": 24544543210001234, "c": 1.5, "d": null, "e": [true], "f": "\\ud83d\\udc4d"}'
    assert read(body.encode()) == (
        "json",
        {"a": "灯👍", "b": 24544543210001234, "c": 1.5, "d": None, "e": [True], "f": "👍"},
    )


def test_the_reason_never_quotes_the_body():
    with pytest.raises(Malformed) as caught:
        read("<xml><Content>张三 13800000000</Conten></xml>".encode())
    assert "张三" not in str(caught.value)
    assert "138" not in str(caught.value)
