"""Build the wheel, install it in an empty environment, and talk to it; part of `./run check`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = (sys.executable, "-m", "uv")
TALK = """\
> howto linkedin
> language deutsch
> howto linkedin
> picture linkedin
"""
#: What is said only where the wheel has its data files: the catalogue, its translations, the fonts.
SAID = (
    "What it does: LinkedIn stops",
    "Was es bewirkt: LinkedIn nutzt",
    "linkedin-ai-training.png:",
)
#: The command, and what the pages are made of.
FILES = ("bin/smallprint", "bot/web/templates/story.html", "bot/web/static/style.css")
#: Runs the command line of the wheel that is installed in the folder it is given.
START = """
import sys
sys.path.insert(0, sys.argv[1])
from bot.cli import main
main(sys.argv[2:])
"""


def main() -> int:
    """Return 0 where the installed wheel has its command and everything it talks about, else 1."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        target = install(wheel, Path(folder, "installed"))
        script = Path(folder, "talk.txt")
        script.write_text(TALK)
        demo = ["demo", "--script", str(script)]
        said = run(sys.executable, "-c", START, str(target), *demo, cwd=folder)
        missing = [name for name in FILES if not (target / name).exists()]
    whole = all(words in said for words in SAID)
    return 0 if whole and not missing else 1


def build(folder: Path) -> Path:
    """Build the wheel into a folder, and return its path."""
    out = ["--out-dir", str(folder)]
    run(*UV, "build", "--quiet", "--wheel", "--no-build-isolation", *out, str(ROOT))
    [wheel] = folder.glob("smallprint-*.whl")
    return wheel


def install(wheel: Path, target: Path) -> Path:
    """Install a wheel without its dependencies into a folder, and return that."""
    run(*UV, "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel))
    return target


def run(*command: str, cwd: str | Path = ROOT) -> str:
    """Run a program and return what it prints. Raises CalledProcessError where it fails."""
    return subprocess.run(command, cwd=cwd, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    sys.exit(main())
