"""Names in the languages that the watchlist was widened to, with their borders and endings."""

import pytest

from tests.match.lexicons import keys, mentions


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Polisi menyita 5 kg sabu dan heroin; kokainnya dimusnahkan.", "id",
         {"metamfetamine", "heroin", "cocaine"}),
        ("경찰은 필로폰 3kg과 코카인을 압수했다. 액상대마초도 나왔다.", "ko",
         {"metamfetamine", "cocaine", "cannabis"}),
        ("税関は覚醒剤5キロとコカインを押収した。塩酸メタンフェタミン。", "ja", {"metamfetamine", "cocaine"}),
        ("पुलिस ने 3 किलो हेरोइन और गांजा जब्त किया।", "hi", {"heroin", "cannabis"}),
        ("ตำรวจยึดยาบ้าและเฮโรอีน 5 กิโลกรัมที่เชียงราย", "th", {"metamfetamine", "heroin"}),
        ("Công an bắt giữ 5 kg ma túy đá và cần sa.", "vi", {"metamfetamine", "cannabis"}),
        ("ضبطت الشرطة الهيروين والكوكايين وحبوب كبتاغون.", "ar", {"heroin", "cocaine", "fenetylline"}),
        ("Поліція вилучила 3 кг кокаїну та героїну, торгували метамфетаміном.", "uk",
         {"cocaine", "heroin", "metamfetamine"}),
        ("Policie zabavila 3 kg kokainu a heroinu; výroba pervitinu.", "cs",
         {"cocaine", "heroin", "metamfetamine"}),
        ("Polisen beslagtog 3 kg kokain och heroinet.", "sv", {"cocaine", "heroin"}),
        ("klassificeras katinoner och 7-hydroximitragynin", "sv",
         {"class-synthetic-cathinones", "7-hydroxy-mitragynine"}),
        ("Poliția a confiscat 3 kg de cocaină și heroină.", "ro", {"cocaine", "heroin"}),
        ("Polis 3 kilo eroin ve kokaini ele geçirdi.", "tr", {"heroin", "cocaine"}),
    ],
)  # fmt: skip
def test_names_are_found_with_their_borders_and_endings(text: str, language: str, expected: set[str]) -> None:
    assert keys(text, language) == expected
    assert keys(text) == expected or language == "id"  # the language need not be declared
    assert all(text[m.start : m.stop] == m.surface for m in mentions(text, language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Polisi membuka jalan baru di Jakarta hari ini.", "id"),
        ("경찰은 오늘 새 도로를 열었다.", "ko"),
        ("警察は今日、新しい道路を開いた。", "ja"),
        ("पुलिस ने आज नई सड़क खोली।", "hi"),
        ("ตำรวจเปิดถนนใหม่วันนี้", "th"),
        ("Hôm nay công an mở con đường mới.", "vi"),
        ("فتحت الشرطة طريقا جديدا اليوم.", "ar"),
        ("Polisen öppnade en ny väg i dag.", "sv"),
        ("Poliția a deschis azi un drum nou.", "ro"),
    ],
)
def test_other_texts_stay_silent(text: str, language: str) -> None:
    assert mentions(text, language) == []
