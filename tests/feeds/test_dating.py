"""Dates in feeds: loosely standard, in any European language, never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds import dating

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NOON = datetime(2026, 9, 29, 12, tzinfo=UTC)
READ = "en fr de es it nl pl pt sv cs da fi hu ro sk sl hr nb et lv lt bg el".split()


def read(text: str) -> str:
    moment = dating.parse(text, NOW)
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    "text",
    """29 Sept 2026 | 29 Sep 26 | Tue 29 Sep, 2026 | September 29th, 2026 | 29-Sep-2026
    Sep 29 2026 | 2026.09.29 | 29.09.2026 | 29/09/2026 | 29. 9. 2026 | 09/29/2026 | 20260929
    2026/9/29 | Wed, 29 Sep 2026 | the 29th of September, 2026 | mardi 29 septembre 2026
    29 settembre 2026 | 29 de septiembre de 2026 | 29 de septiembre del 2026
    wt., 29 wrz 2026 | 29 września 2026 | 29 wrzesnia 2026 | út 29. září 2026 | 29. zari 2026
    2026. szeptember 29. | 29 Σεπτεμβρίου 2026 | 29 септември 2026 | tis 29 sep 2026
    ter, 29 de set de 2026 | 2026-09-29+02:00""".replace("\n", "|").split("|"),
)
def test_a_day_is_midnight(text: str) -> None:
    assert read(text) == "2026-09-29 00:00"


@pytest.mark.parametrize(
    "text",
    """Tue, 29 Sept 2026 15:00:00 +0300 | Tue, 29 Sep 2026 12:00 PM | 29 September 2026 - 12:00
    Tue, 29 Sep 2026 14:00:00 +02:00 | Tue, 29 Sep 2026 14:00:00 GMT+2 | 29 Sep 2026 14:00 UTC+02:00
    Tue, 29 Sep 2026 14:00 CEST | Di, 29 Sep 2026 14:00:00 MESZ | Tue, 29 Sep 2026 13:00 BST
    mar., 29 sept. 2026 14:00:00 +0200 | 2026-09-29T12:00 | 2026-09-29T12:00Z | 20260929T120000Z
    2026-09-29 12:00:00.000 +0000 UTC | 2026-09-29T05:00:00-0700 | 29 Sep 2026 05:00 PDT
    Tue Sep 29 14:00:00 CEST 2026 | 29 Sep 12:00 2026 | 29 sept. 2026 à 12h00 | 29.9.2026 klo 12.00
    1790683200 | 1790683200000 | 1790683200.25 | 20260929120000 | 202609291200 | 12:00, 29/09/2026
    Tuesday, September 29, 2026 - 12:00 | Tue, 29 Sep 2026 14:00:00 GMT+0200 (CEST)
    Sep 29, 2026 12 pm | 29. September 2026, 12 Uhr | Tue, 29 Sep 2026 15:30 +03:30""".replace(
        "\n", "|"
    ).split("|"),
)
def test_a_time_is_read_in_its_zone(text: str) -> None:
    assert read(text) == f"{NOON:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Tue, 29 Sep 2026 24:00:00 GMT", "2026-09-30 00:00"),
        ("Tue, 29 Sep 2026 23:59:60 GMT", "2026-09-30 00:00"),
        ("29 Sep 2026 25:00", "2026-09-29 00:00"),
        ("29 Sep 2026 12:15 AM", "2026-09-29 00:15"),
        ("29 Sep 2026 13:15 PM", "2026-09-29 13:15"),
        ("Fri, 31 Dec 99 12:00", "1999-12-31 12:00"),
        ("03/04/2026", "2026-04-03 00:00"),
        ("28 février 2026 - 9:05", "2026-02-28 09:05"),
        ("1er août 2026", "2026-08-01 00:00"),
        ("Mi, 04 Mrz 2026 08:00", "2026-03-04 08:00"),
        ("2026-09-29T12:00:00+99:00", "2026-09-29 12:00"),
    ],
)
def test_odd_times_and_days(text: str, moment: str) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("pon., 5 lis 2026", "2026-10-05"),  # a Monday in October, so Croatian
        ("5 lis 2026, 10 h", "2026-11-05"),  # "h" is an hour, not the Monday of Hungarians
        ("czw., 5 lis 2026", "2026-11-05"),  # a Thursday in November, so Polish
        ("29 listopada 2026", "2026-10-29"),  # not to come yet
        ("5 listopadu 2026", "2026-11-05"),
    ],
)
def test_a_name_of_two_months(text: str, day: str) -> None:
    assert read(text)[:10] == day


@pytest.mark.parametrize(
    "text",
    """today | yesterday | now | 2 hours ago | 30 days | in 5 days | 3 | 2026 | 12:15 | September
    Sep 2026 | version 1.2.3 | 192.168.10.26 | 0000-00-00 | 32 Sep 2026 | 29 Feb 2026
    2026-13-45 | 1 Jan 1970 | 0 | Mon, 01 Jan 0001 00:00:00 GMT | 2999-01-01 | 31/12/1989
    29 Nonsense 2026 | -1 | ፩ | 29 ፩፩፩ 2026""".replace("\n", "|").split("|"),
)
def test_what_names_no_day_is_not_guessed(text: str) -> None:
    assert read(text) == ""


@pytest.mark.parametrize("language", READ)
@pytest.mark.parametrize("width", ["long", "medium", "full"])
@given(day=st.dates(date(2000, 1, 1), date(2026, 11, 26)))
def test_every_language_is_read_as_it_writes(language: str, width: str, day: date) -> None:
    written = format_date(day, width, language)
    if str(day.year) not in written or not any(
        letter.isalpha() for letter in written.rstrip(".r ")
    ):
        return  # a form of two figures may be read in two ways
    moment = dating.parse(written, NOW)
    assert moment is not None, written
    assert (moment.day, moment.year) == (day.day, day.year), written
    if width == "full":
        assert moment.date() == day, written


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2026, 11, 26)),
    hours=st.integers(-12, 14),
    weekday=st.sampled_from(["", "Mon, ", "lun., ", "Di ", "śr., "]),
)
def test_a_moment_comes_back_and_a_wrong_weekday_does_not_matter(
    moment: datetime, hours: int, weekday: str
) -> None:
    local = moment + timedelta(hours=hours)
    written = f"{weekday}{local:%d %b %Y %H:%M:%S} {hours:+03d}:00"
    assert dating.parse(written, NOW) == moment.replace(tzinfo=UTC, microsecond=0)


@given(
    st.text()
    | st.text(alphabet="0123456789 .,:/-+TZsepmai'")
    | st.from_regex(r"\d{1,4}\D\d{1,4}\D\d{1,4}.*")
)
@example("1 a" * 40)
@example("29 " + "a." * 60)
@example("ﷺ" * 100)
@example("9" * 5000)
def test_any_text_is_a_plausible_moment_or_none(text: str) -> None:
    moment = dating.parse(text, NOW)
    assert moment is None or (moment.utcoffset() == timedelta() and 1990 <= moment.year <= 2028)
