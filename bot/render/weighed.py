"""Why a change counts, in one plain sentence from its reasons, without its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.locales import N_, _, n_
from bot.render.labels import join
from bot.render.reasons import doubt, reason
from bot.verdicts import Code, Doubt, Ground, Noise, Origin, Reason, Verdict, Weight

#: The most clauses of a sentence, and the most {things} that are listed.
MOST = 3

#: What the text says something different about; listed as {things} in the clause below.
THINGS = {
    Ground.AI_TRAINING: N_("the training of AI"),
    Ground.SOLD: N_("the sale of data"),
    Ground.RECIPIENTS: N_("those who get data"),
    Ground.MORE_DATA: N_("the data that it collects or uses"),
    Ground.WATCHED: N_("checks on people"),
    Ground.ADS: N_("advertising and tracking"),
    Ground.KEPT: N_("the time for which data is kept"),
    Ground.MONEY: N_("money"),
    Ground.ACCOUNT: N_("the closing of accounts"),
    Ground.DISPUTES: N_("liability and legal disputes"),
    Ground.DUTIES: N_("duties and bans"),
    Ground.ONE_SIDED: N_("what the service alone decides"),
    Ground.AGE: N_("the age of users"),
    Ground.CHOICE: N_("choices and rights"),
    Ground.LICENCE: N_("the rights in content"),
    Ground.FIGURES: N_("numbers"),
}
#: Clauses for reasons whose phrase is not a clause, or quotes the text.
_CLAUSES: dict[Code, str] = {
    Weight.SMALL_WORD: N_("a few small words turn a rule round"),
    Weight.NEW_RULE: N_("a short rule is new"),
    Weight.FEW_WORDS: N_("its few new words set no duty, choice, price or number"),
    Weight.FEW_BIND: N_("few of its new words set a rule"),
    Noise.OTHER_PAGES: N_("the tracker merely reads a different number of the same pages"),
    Noise.NOW_TRACKED: N_("the text is merely recorded from now on"),
    Noise.NOT_ABOUT_TERMS: N_("it is not about the terms of a service that I know"),
    Origin.UNREAD: N_("I could not read the text, and would rather say too much than too little"),
    Origin.MEMO: N_("Open Terms Archive wrote a memo about it"),
    Origin.ARTICLE: N_("an article tells what this service does with data"),
    Origin.AS_WRITTEN: N_("an earlier version of me judged so"),
}
_HELD = (Origin.LASTED, Origin.TAKEN_BACK)


def weighed(why: Sequence[Reason], verdict: Verdict) -> str:
    """The reasons as a sentence, and a second one if the change was held."""
    clauses = join(list(_clauses(why)))
    if not clauses:
        return " ".join(_waited(why))
    match verdict:
        case Verdict.MATERIAL:
            said = _("It counts because {clauses}.", clauses=clauses)
        case Verdict.MINOR:
            said = _("It counts for little because {clauses}.", clauses=clauses)
        case Verdict.NOISE:
            said = _("It changes nothing that matters because {clauses}.", clauses=clauses)
    return " ".join([said, *_waited(why)])


def _clauses(why: Sequence[Reason]) -> Iterator[str]:
    """Main clauses without a full stop.

    The clause with the list of things comes last: a list inside a list reads well only there.
    """
    others = [clause(each) for each in why if not _thing(each) and each.code not in _HELD]
    things = [thing for each in why if (thing := _thing(each))]
    yield from others[: MOST - 1] if things else others[:MOST]
    if things:
        yield _("what it says about {things} is different", things=join(things[:MOST]))


def clause(why: Reason) -> str:
    """One reason as a main clause that does not quote the text."""
    if said := _CLAUSES.get(why.code):
        return _(said)
    if why.code is Weight.NEW_WORDS:
        return n_(
            "{count} word in it is new to this document",
            "{count} words in it are new to this document",
            int(why.values[0]),
        )
    if thing := _thing(why):
        return _("what it says about {things} is different", things=thing)
    return reason(why)


def _thing(why: Reason) -> str:
    """The thing that a reason of that kind is about, or ""."""
    if isinstance(why.code, Ground) and why.code in THINGS:
        return _(THINGS[why.code])
    return ""


def _waited(why: Sequence[Reason]) -> Iterator[str]:
    for each in why:
        if each.code in _HELD:
            yield _("I waited with it because {doubt}.", doubt=doubt(Doubt(each.values[0])))
