"""Capitalised words in the position of a place that no table knows."""

from __future__ import annotations

import re

# Meanings of a capitalised word that is not a place.
_PLAIN = frozenset(
    """
    january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday you we it they this that these those our your
    their all any some other others each every no none if when where the a an i only both such
    certain many most eligible new existing additional adult minor business personal professional
    privacy policy policies terms term service services settings setting account accounts section
    sections agreement schedule annex appendix table part article exhibit chapter app apps store
    center centre hub program programme page pages group groups content data information notice
    notices rights right regional region regions country countries territory territories state
    states area areas jurisdiction jurisdictions world worldwide global international local products
    product product's platform site website web internet user users member members resident
    residents customer customers consumer consumers party parties affiliate affiliates company
    companies law laws act regulation regulations directive code court courts rules guidelines
    supplemental supplementary applicable disclosures disclosure contact us how what who why which
    to for and or by with under as per at is are ai api sdk ads ad marketplace premium pro plus
    messenger help controls control tools tool beta human woman german-language english-language
    member-state law-enforcement electronic online commerce creator creators developer developers
    advertiser advertisers seller sellers partner partners people person persons individual
    individuals here there not however also please see note before after from on in of be will
    european american swiss
    """.split()
)
#: English endings of words for a place's people.
_OF_A_PEOPLE = re.compile(r"(?:[a-z]an|ish|ese|lander)$")


def plain(word: str) -> bool:
    """Whether a capitalised word is a thing, a month, a heading or a person."""
    return word.strip(".'’,-").casefold() in _PLAIN


def of_a_people(word: str) -> bool:
    """Whether a capitalised word looks like the name of a people."""
    return len(word) > 4 and _OF_A_PEOPLE.search(word) is not None
