"""Decoding: told, declared, guessed, lied about."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.decode import clean, declared_charset, decode, is_binary

GERMAN = "Der Zoll stellte in Köln größere Mengen Phenylaceton sicher – für 2.000 €."
RUSSIAN = "Таможня изъяла большую партию прекурсоров фентанила на границе с соседней страной."
CHINESE = "海关查获大量芬太尼前体化学品，警方逮捕了三名嫌疑人，案件正在进一步调查之中。"
JAPANESE = "税関は覚醒剤の原料を大量に押収し、三人の容疑者を逮捕したと発表しました。"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (GERMAN, "utf-8", None),
        (GERMAN, "utf-8", "iso-8859-1"),  # the server's default, and wrong
        (GERMAN, "cp1252", "iso-8859-1"),
        (GERMAN, "cp1252", "utf-8"),  # latin-1 declared as UTF-8
        (GERMAN, "cp1252", None),
        (GERMAN, "utf-8-sig", "us-ascii"),
        (GERMAN, "utf-16", None),
        (GERMAN, "utf-32", None),
        (RUSSIAN, "cp1251", None),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (CHINESE, "gb18030", None),
        (CHINESE, "gbk", "gb2312"),
        (JAPANESE, "cp932", "shift_jis"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),  # valid ASCII, yet not to be read as such
        (GERMAN, "utf-8", "no-such-charset"),
        (GERMAN, "utf-8", "base64"),
        (GERMAN, "utf-8", "idna"),
        (GERMAN, "utf-8", "utf-16"),
    ],
)
def test_decode(text: str, encoding: str, told: str | None) -> None:
    assert decode(text.encode(encoding), [told]) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            "Última notícia: as simulações de segundo turno não são iguais. A oposição pediu "
            "prisão, mas a decisão da manhã mudou à tarde.",
        ),
        (
            "cp1252",
            "La policía decomisó en Cádiz más de 300 kilos; según el señor Núñez, la "
            "investigación continúa mañana en España.",
        ),
        (
            "cp1252",
            "Les douaniers ont saisi à Marseille des précurseurs cachés dans un conteneur "
            "arrivé d’Asie, où l’enquête a déjà commencé.",
        ),
        (
            "cp1252",
            "Tullen hittade på måndagen en större mängd i Malmö, och två män från Örebro har "
            "häktats för brottet.",
        ),
        (
            "cp1250",
            "Celnicy znaleźli w poniedziałek większą ilość w Łodzi; śledztwo prowadzi "
            "prokuratura, która już przesłuchała świadków.",
        ),
        (
            "cp1250",
            "Celníci našli v pondělí větší množství v Brně; případ šetří policie, která již "
            "vyslechla několik svědků z Ústí.",
        ),
        (
            "cp1250",
            "A vámosok hétfőn nagyobb mennyiséget találtak Győrben; az ügyben a rendőrség "
            "nyomoz, és több tanút is kihallgatott.",
        ),
        (
            "cp1250",
            "Vameşii au găsit luni o cantitate mare la Constanţa; ancheta este condusă de "
            "procurori, care au audiat deja martori şi suspecţi.",
        ),
        (
            "cp1250",
            "Carinici su u ponedjeljak pronašli veću količinu u Šibeniku; istragu vodi "
            "tužiteljstvo, koje je već saslušalo svjedoke.",
        ),
        (
            "cp1254",
            "Gümrük görevlileri pazartesi günü İzmir'de büyük miktarda madde buldu; "
            "soruşturma savcılık tarafından yürütülüyor, şüpheliler tutuklandı.",
        ),
        (
            "cp1252",
            "La città è sotto shock: il già noto sindaco ha detto che la verità verrà presto "
            "a galla perché l'inchiesta è più ampia.",
        ),
    ],
)
def test_what_is_not_declared_is_told_by_the_language(encoding: str, text: str) -> None:
    """By their letters alone, Western and Eastern charsets are as likely as each other."""
    assert decode(text.encode(encoding)) == text
    assert decode((text * 5).encode(encoding)) == text * 5


def test_a_declaration_inside_counts() -> None:
    xml = f"<?xml version='1.0' encoding='koi8-r'?><p>{RUSSIAN}</p>"
    html = f'<html><head><meta charset="windows-1251"></head>{RUSSIAN}'
    assert decode(xml.encode("koi8-r")) == xml
    assert decode(html.encode("cp1251")) == html
    assert declared_charset(b'<meta http-equiv="x" content="text/html; charset=GBK">') == "GBK"
    assert declared_charset(b"nothing") is None


def test_utf_16_without_a_mark() -> None:
    assert decode("<p>Fentanyl</p>".encode("utf-16-le")) == "<p>Fentanyl</p>"
    assert decode("<p>Fentanyl</p>".encode("utf-16-be")) == "<p>Fentanyl</p>"


def test_a_few_wrong_bytes_do_not_spoil_the_rest() -> None:
    assert decode(CHINESE.encode() + b" 5\x80 ") == CHINESE + " 5€ "


def test_nul_bytes_and_lone_surrogates_are_dropped() -> None:
    assert decode(b"fen\0tanyl\0") == "fentanyl"
    assert clean("a\ud800b\0c") == "abc"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "gbk", "cp1252", "utf-7", "hz", "x"]))
def test_any_bytes_give_storable_text(body: bytes, told: str | None) -> None:
    decode(body, [told]).encode("utf-8")


@pytest.mark.parametrize("size", [200, 5_000, 300_000])
def test_binary_data_is_no_writing(size: int) -> None:
    assert is_binary(decode(random.Random(size).randbytes(size)))
    assert is_binary(decode(zlib.compress(GERMAN.encode() * size)[:size]) + "\x01" * 5)


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CHINESE, JAPANESE, "a\x1b[31m b\f\x1b$B"])
def test_writing_is_not_binary_even_when_damaged(text: str) -> None:
    assert not is_binary(text)
    assert not is_binary(decode(text.encode("cp1252", "replace")))
    assert not is_binary(text * 100 + "\ufffd\x00\x01\x02\x03" * 3)
    assert not is_binary("\x01\x02ab")  # too short to judge
    assert not is_binary("")
