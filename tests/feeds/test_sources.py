"""The list of sources: errors are explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.feeds import sources


def test_the_default_list_is_sound() -> None:
    found = sources.load(sources.DEFAULT)
    assert len(found) > 15
    assert all(source.every >= 1800 for source in found), "we are guests"


BAD_LISTS = {
    "x = ": "not TOML",
    "a = 1": "no [[source]]",
    '[[source]]\nid = "a"\nkind = "collection"': "source a: this kind of source needs a url",
    '[[source]]\nid = "a"\nkind = "news"\nurl = "ftp://x"': (
        "source a: url 'ftp://x' does not have the right form"
    ),
    '[[source]]\nid = "a"\nkind = "rss"\nurl = "https://x"': "source a: kind",
    '[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\nevrey = 5': (
        "source a: evrey is not a setting of a source"
    ),
    '[[source]]\nkind = "news"\nurl = "https://x"': "source number 1: id is missing",
    '[[source]]\nid = "a"\nkind = "github"': (
        'source a: a github source needs github = "owner/repository"'
    ),
    (
        '[[source]]\nid = "a"\nkind = "news"\nurl = "https://x"\n[[source]]\nid ='
        ' "a"\nkind = "news"\nurl = "https://y"'
    ): ("source a: the id is used twice"),
}


@pytest.mark.parametrize(("text", "said"), BAD_LISTS.items(), ids=range(len(BAD_LISTS)))
def test_a_bad_list_is_explained(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(sources.SourcesError) as refused:
        sources.load(path)
    assert said in str(refused.value)
