"""Names of the months in the languages of sources, and their abbreviations. Pure."""

from __future__ import annotations

import functools
import unicodedata

_SHORTEST = 3  # letters of an abbreviation
# May be shortened: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Polish,
# Turkish, Romanian, Indonesian, Russian, Ukrainian.
_SHORTENED = (
    "january januar janner jänner janvier enero gennaio janeiro januari styczen "
    "stycznia ocak ianuarie января січня",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego subat februarie февраля лютого",
    "march marz mars marzo marco maart mrz mrt marca martie maret марта березня",
    "april avril abril aprile kwiecien kwietnia nisan aprilie апреля квітня",
    "may mai mayo maggio maio mei maj maja mayis мая травня",
    "june juni juin junio giugno junho czerwca haziran iunie июня червня",
    "july juli juillet julio luglio julho lipca temmuz iulie июля липня",
    "august aout agosto augustus augusti sierpien sierpnia agustos agustus августа серпня",
    "september septembre septiembre setiembre settembre setembro wrzesien wrzesnia "
    "eylul septembrie сентября вересня",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika ekim octombrie октября жовтня",
    "november novembre noviembre novembro kasim noiembrie ноября",
    "december dezember decembre diciembre dicembre dezembro desember grudzien "
    "grudnia aralik decembrie декабря грудня",
)
# Only as they stand, because their beginnings are those of other months: other cases of the above, Finnish,
# Czech, Hungarian, Bulgarian, Croatian and Serbian, Greek, Arabic.
_WHOLE = (
    "январь январи tammikuuta tammikuu leden ledna januar sijecnja januara ιανουαριου يناير",
    "февраль февруари helmikuuta helmikuu unor unora veljace februara φεβρουαριου فبراير",
    "март maaliskuuta maaliskuu brezen brezna marcius mart ozujka marta μαρτιου مارس",
    "апрель април huhtikuuta huhtikuu duben dubna aprilis travnja aprila απριλιου أبريل ابريل",
    "май toukokuuta toukokuu kveten kvetna majus svibnja maja μαιου مايو",
    "июнь юни kesakuuta kesakuu cerven cervna junius lipnja juna czerwiec ιουνιου يونيو",
    "июль юли heinakuuta heinakuu cervenec cervence julius jula lipiec ιουλιου يوليو",
    "август elokuuta elokuu srpen srpna augusztus kolovoza avgusta αυγουστου أغسطس اغسطس",
    "сентябрь септември syyskuuta syyskuu zari szeptember rujna septembra σεπτεμβριου سبتمبر",
    "октябрь октомври lokakuuta lokakuu rijen rijna oktobra οκτωβριου أكتوبر اكتوبر",
    "ноябрь ноември marraskuuta marraskuu listopadu listopada листопада studenoga novembra νοεμβριου نوفمبر",
    "декабрь декември joulukuuta joulukuu prosinec prosince prosinca decembra δεκεμβριου ديسمبر",
)


def month(word: str) -> int:
    """The number of the month that a word names in some language, 1 to 12; 0 for another word.

    An abbreviation has at least three letters, and is no month when it begins those of two.
    """
    return _table().get(_plain(word.rstrip(".")), 0)


@functools.cache
def _table() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, names in enumerate(_SHORTENED, 1):
        for name in map(_plain, names.split()):
            for length in range(_SHORTEST, len(name) + 1):
                beginning = name[:length]
                found[beginning] = number if found.get(beginning, number) == number else 0
    for table in (_SHORTENED, _WHOLE):
        for number, names in enumerate(table, 1):
            found.update((_plain(name), number) for name in names.split())
    return found


def _plain(word: str) -> str:
    """Lower case, without accents and the dotless i of Turkish."""
    letters = unicodedata.normalize("NFKD", word.casefold().replace("ı", "i"))
    return "".join(char for char in letters if not unicodedata.combining(char))
