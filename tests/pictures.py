"""The picture book: every page of every PDF under output/ as a PNG in output/pictures/, by `make pictures`.

With a folder it also refreshes, there, what the README shows: `python -m tests.pictures .pictures`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

ROOT = Path(__file__).parent.parent
SHOWN = {"cover": ("energy", 1), "page-1": ("airline-three-years", 3), "doubts": ("airline-three-years", 8)}
"""What the README shows: client, and page of the file."""


def pages(pdf: Path, *, dots: int = 100) -> Iterator[Image.Image]:
    """Each page as a picture, so many dots an inch."""
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            yield page.render(scale=dots / 72).to_pil().convert("RGB")


def small(picture: Image.Image) -> Image.Image:
    """The picture with few colours, each that stands out kept: a third of its size as a file."""
    most = Image.Quantize.MAXCOVERAGE
    return picture.quantize(128, method=most, kmeans=4, dither=Image.Dither.NONE)


def main(readme: Path | None) -> None:
    """Write the pictures; say where they are, or what to make first."""
    folder = ROOT / "output" / "pictures"
    files = sorted((ROOT / "output").glob("*/*.pdf"))
    if not files:
        sys.exit("output/ holds no PDF\n  hint: make report")
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for file in files:
        for number, picture in enumerate(pages(file), start=1):
            small(picture).save(folder / f"{file.parent.name}-{file.stem}-{number:02}.png", optimize=True)
    print(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)
    for name, (client, number) in SHOWN.items() if readme else ():
        [file] = (each for each in files if each.parent.name == client and ".brief" not in each.name)
        picture = list(pages(file, dots=150))[number - 1]
        width = 760
        smaller = picture.resize(
            (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
        )
        framed = Image.new("RGB", (smaller.width + 2, smaller.height + 2), "#c9d1de")
        framed.paste(smaller, (1, 1))
        assert readme is not None
        small(framed).save(readme / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
