"""Build the wheel, install it in an empty environment, hold one conversation. Run by `./run check`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        run(
            sys.executable,
            "-m",
            "uv",
            "build",
            "--quiet",
            "--wheel",
            "--no-build-isolation",
            "--out-dir",
            folder,
            str(ROOT),
        )
        [wheel] = Path(folder).glob("smallprint-*.whl")
        target = Path(folder, "installed")
        run(
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(target),
            str(wheel),
        )
        script = Path(folder, "talk.txt")
        script.write_text(
            "> howto linkedin\n> language deutsch\n> howto linkedin\n> picture linkedin\n"
        )
        said = run(
            sys.executable, "-c", f"import sys; sys.path.insert(0, {str(target)!r}); from bot.__main__ import main; main(sys.argv[1:])",
            "demo", "--script", str(script), cwd=folder,
        )  # fmt: skip
        command = (target / "bin" / "smallprint").exists()
    # Data files that a wheel can lack: the catalogue, its translations, the fonts.
    whole = all(
        words in said
        for words in (
            "What it does: LinkedIn stops",
            "Was es bewirkt: LinkedIn nutzt",
            "[linkedin-ai-training.png:",
        )
    )
    return 0 if whole and command else 1


def run(*command: str, cwd: str | Path = ROOT) -> str:
    return subprocess.run(command, cwd=cwd, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    sys.exit(main())
