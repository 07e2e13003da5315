"""Owners of services: a model is not tested on documents of an owner it was trained on."""

from __future__ import annotations

import re
from functools import cache

from bot import catalogue

#: Names of one company's services that catalogue and folder names do not tell.
_COMPANIES = {
    "google": "google|youtube|gemini|chrome|android|gmail|bard|adsense|blogger",
    "meta": "meta|facebook|instagram|whatsapp|threads|messenger|llama",
    "x": "twitter|x|xai|grok|periscope",
    "microsoft": "microsoft|linkedin|github|bing|skype|xbox|copilot|outlook|msn",
    "mistral": "mistral|le chat|vibe",
    "amazon": "amazon|twitch|audible|alexa|imdb|aws",
    "apple": "apple|app store|icloud|apple store",
    "bytedance": "tiktok|bytedance|capcut|doubao|lemon8",
    "openai": "openai|chatgpt|dall|sora",
    "alibaba": "alibaba|aliexpress|taobao|tongyi|qwen|lazada",
    "baidu": "baidu|wenxin\\w*|ernie",
    "booking": "booking|agoda|kayak|priceline",
    "wikimedia": "wikimedia|wikipedia",
    "match": "tinder|match|hinge|okcupid",
    "anthropic": "anthropic|claude",
    "mozilla": "mozilla|firefox|pocket",
    "automattic": "wordpress|tumblr|automattic",
    "disney": "disney|national geographic|hulu",
}
_PATTERNS = {
    company: re.compile(rf"\b(?:{names})\b", re.I) for company, names in _COMPANIES.items()
}


@cache
def owner_of(service: str) -> str:
    """The owner of a service, by its folder name; the name itself if unknown."""
    for company, pattern in _PATTERNS.items():
        if pattern.search(service):
            return company
    names = catalogue.load().names
    found = names.get(names.of_folder(service))
    if found and found.owner:
        return found.owner.casefold()
    return service.casefold()


def fold_of(owner: str, folds: int) -> int:
    """The group of an owner, the same in every run."""
    return sum(owner.encode()) * 2_654_435_761 % 2**32 * folds >> 32
