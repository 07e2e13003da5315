"""Times as people type them, in eight languages."""

from __future__ import annotations

from datetime import date

import pytest

from bot.conversation.times import Times, find, left

#: A Friday.
TODAY = date(2026, 11, 27)
NEXT_FRIDAY = date(2026, 12, 4)
NIGHT = (22 * 60, 8 * 60)
SAID = {
    "pause for two weeks": Times(days=14),
    "zwei wochen pause": Times(days=14),
    "pause de trois jours": Times(days=3),
    "silenzio per una settimana": Times(days=7),
    "silencio durante un mes": Times(days=30),
    "stil voor 10 dagen": Times(days=10, silent=True),
    "cisza na dwa tygodnie": Times(days=14),
    "14d": Times(days=14),
    "quiet until friday": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "bis freitag": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "jusqu'à vendredi": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "fino a venerdì": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "hasta el viernes": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "tot vrijdag": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "do piątku": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "até sexta-feira": Times(until=NEXT_FRIDAY, weekdays=(4,)),
    "till tomorrow": Times(until=date(2026, 11, 28)),
    "until 2026-12-24": Times(until=date(2026, 12, 24)),
    "bis 24.12.": Times(until=date(2026, 12, 24)),
    "until 31 January": Times(until=date(2027, 1, 31)),
    "jusqu'au 3 février": Times(until=date(2027, 2, 3)),
    "every day at 6pm": Times(at=18 * 60, often="daily"),
    "täglich um 18.30 Uhr": Times(at=18 * 60 + 30, often="daily"),
    "tous les jours à 18h30": Times(at=18 * 60 + 30, often="daily"),
    "elke dag om 8 uur": Times(at=8 * 60, often="daily"),
    "raz dziennie o 20:00": Times(at=20 * 60, often="daily"),
    "12 am daily": Times(at=0, often="daily"),
    "every monday morning": Times(at=8 * 60, weekdays=(0,), often="weekly"),
    "weekly mon": Times(weekdays=(0,), often="weekly"),
    "mon compte": Times(),
    "one message a day is plenty, around 6pm": Times(at=18 * 60, often="daily"),
    "good evening": Times(),
    "twice a week": Times(often="seldom"),
    "every other week": Times(often="seldom"),
    "jeden zweiten tag": Times(often="seldom"),
    "every morning at half past 7": Times(at=7 * 60 + 30, often="daily"),
    "at quarter to nine in the evening": Times(at=20 * 60 + 45),
    "nao me manda nada de noite": Times(quiet=NIGHT, negated=True),
    "à noite": Times(at=19 * 60),
    "daily midnight": Times(at=0, often="daily"),
    "mute linkedin for 9999999999 days": Times(days=3660),
    "fridays": Times(weekdays=(4,)),
    "once a week": Times(often="weekly"),
    "una volta alla settimana": Times(often="weekly"),
    "una vez por semana": Times(often="weekly"),
    "co piątek": Times(weekdays=(4,), often="weekly"),
    "only in the evening": Times(at=19 * 60),
    "solo la sera": Times(at=19 * 60),
    "not at night": Times(quiet=NIGHT, negated=True),
    "pas la nuit": Times(quiet=NIGHT, negated=True),
    "nie w nocy": Times(quiet=NIGHT, negated=True),
    "from 10pm to 7am": Times(quiet=(22 * 60, 7 * 60)),
    "zwischen 22 und 7 uhr": Times(quiet=(22 * 60, 7 * 60)),
    "22–8": Times(quiet=NIGHT),
    "sofort": Times(often="now"),
    "no sound": Times(silent=True, negated=True),
    "linkedin": Times(),
    "not before 9": Times(quiet=(22 * 60, 9 * 60), negated=True),
    "nicht vor 9 uhr": Times(quiet=(22 * 60, 9 * 60), negated=True),
    "pas avant 10h": Times(quiet=(22 * 60, 10 * 60), negated=True),
    "not after 10pm": Times(quiet=NIGHT, negated=True),
    "non dopo le 22": Times(quiet=NIGHT, negated=True),
    "not in the morning": Times(quiet=(8 * 60, 12 * 60), negated=True),
    "once a day is enough": Times(often="daily"),
    "una vez al día basta": Times(often="daily"),
    "1x pro woche": Times(often="weekly"),
    "raz w tygodniu wystarczy": Times(often="weekly"),
    "bundle it into one message per week": Times(often="weekly"),
    "uma vez por dia às 19h": Times(at=19 * 60, often="daily"),
    "alle zwei wochen reicht": Times(often="seldom"),
    "une fois par mois": Times(often="seldom"),
    "half past six": Times(at=6 * 60 + 30),
    "um halb sieben": Times(at=6 * 60 + 30),
    "om half acht": Times(at=7 * 60 + 30),
    "a las ocho y media": Times(at=8 * 60 + 30),
    "at nine": Times(at=9 * 60),
    "um acht": Times(at=8 * 60),
    "alle otto": Times(at=8 * 60),
    "às sete": Times(at=7 * 60),
    "abends ab 8": Times(at=20 * 60),
    "a las 8 de la tarde": Times(at=20 * 60),
    "every evening at 8": Times(at=20 * 60, often="daily"),
    "at 9 at night": Times(at=21 * 60),
    "at lunch": Times(at=12 * 60),
    "los lunes por la mañana": Times(at=8 * 60, weekdays=(0,)),
    "por las tardes mejor": Times(at=15 * 60),
    "às sextas": Times(weekdays=(4,)),
    "only on weekdays": Times(weekdays=(0, 1, 2, 3, 4)),
    "am wochenende nicht": Times(weekdays=(5, 6), negated=True),
    "in the morning instead of at night": Times(at=8 * 60),
    "send me two articles at a time": Times(),
    "i have one account": Times(),
    "version 3 of the terms is a long text": Times(),
}


@pytest.mark.parametrize("said", SAID)
def test_times_as_people_type_them(said: str) -> None:
    assert find(said, TODAY) == SAID[said]


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("linkedin until friday", ["linkedin"]),
        ("from 22 to 8", []),
        ("weekly monday at 9", []),
        ("daily or about noonish", ["or", "about", "noonish"]),
    ],
)
def test_what_is_not_about_time_is_left(said: str, rest: list[str]) -> None:
    assert left(said, find(said, TODAY)) == rest
