"""A how-to of one service, and a catalogue with it."""

from __future__ import annotations

from pathlib import Path

from bot.catalogue import Catalogue, load

GOOD = """
id: linkedin
name: LinkedIn
domains: [linkedin.com]
controls:
  - id: ads
    topic: advertising_tracking
    title: Advertising data
    kind: setting
    regions: [EU]
    link: https://www.linkedin.com/ads
    stops: It stops the ads.
    does_not_stop: It stops nothing else.
    sources: [{url: "https://www.linkedin.com/help"}]
    confidence: high
"""


def loaded(folder: Path, linkedin: str) -> Catalogue:
    """A small catalogue of two services, of which one is as told."""
    (folder / "services").mkdir()
    (folder / "services/linkedin.yaml").write_text(linkedin)
    other = GOOD.replace("linkedin", "tiktok").replace("LinkedIn", "TikTok")
    (folder / "services/tiktok.yaml").write_text(other)
    (folder / "registry.yaml").write_text("- {id: bing, name: Bing, folders: {Bing: [contrib]}}\n")
    (folder / "packs.yaml").write_text("social: [tiktok]\n")
    (folder / "authorities.yaml").write_text("{}\n")
    return load(folder)
