"""Markdown of every kind. `Q` becomes a new mark at each place, so that a piece that is lost has a number."""

from __future__ import annotations

import base64
import re
from itertools import count

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGPgjl+KBzGMSmNDAODzad1Tg4ZAAAAAAElFTkSuQmCC"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="teal"/></svg>'
SVG_URI = "data:image/svg+xml;base64," + base64.b64encode(SVG.encode()).decode()

LISTS = """\
- one Q
  - two Q
    - three Q
      - four Q

        and a paragraph Q
- loose Q

- list Q

7. seven Q
8. eight Q
   a line of its own Q
   1. inner Q

      ```
      code in a list Q
      ```

- [ ] to do Q
- [x] done Q
  - [ ] below Q
"""

TABLES = """\
| left Q | centre Q | right Q |
|:-------|:--------:|--------:|
| `a\\|b Q` | *c Q* | 1.5 Q |
| a \\| b Q | ~~d~~ Q | [link Q](https://a.example) |
| H<sub>2</sub>O Q | $x^2$ Q | line<br>break Q |
"""

CODE = """\
```python
def code(): return "Q"  # <b> & $x$ #import
```

```
no language Q
    indented Q
```

~~~~unknown-language {.x}
```
fence in a fence Q
```
~~~~

    indented code Q

`inline Q` and ``with `ticks` Q``
"""

QUOTES = """\
> quoted Q
> > deeper Q
> > > - list Q
> > >   > deepest Q
>
> | table | Q |
> |-------|---|
> | cell Q | x |

***

Text Q
Setext heading Q
===

hard break Q  \nnext line Q\\
third line Q

___
"""

MATHS = r"""
Inline $a_1^2 \le \frac{b}{c}$ Q and

$$ \sum_{i=1}^{n} \begin{pmatrix} x_i & y_i \\ z & w \end{pmatrix} $$ Q

$$
\begin{aligned} a &= b + c \\ d &= e \end{aligned}
$$

A price of $5 and $6 Q, an unknown $\unknowncommand{Qx}$ and $\llbracket x$ Q and $\ce{H2O} Q$.
"""

HEADINGS = """\
### Begins at three Q

text Q

# One Q

#### Skips Q

text Q[^1] and Q[^long] <!-- a comment -->

###### Six Q with `code Q` and *emphasis Q* and $x$

[^1]: A note Q.
[^long]: A note of

    two paragraphs Q.
"""

INLINE = """\
**bold Q** *italic Q* ***both Q*** ~~struck Q~~ &amp; &lt;Q&gt; &copy; &#x41; Q &nbsp; "quoted Q" --- ... \\*Q\\*

[reference Q][ref] <https://auto.example/Q> https://bare.example/Q [mail Q](mailto:a@b.example "title")

[unsafe Q](javascript:alert(1)) [file Q](notes.txt) [empty Q]() [data Q](data:text/html,x)

[ref]: https://ref.example "Title"
"""

HTML = """\
<b>bold Q</b> x<sub>Q</sub> y<sup>Q</sup> <kbd>Q</kbd> <mark>Q</mark> <span style="color:red">Q</span> <u>Q</u>

line Q<br>break Q<br/>again Q <x>unknown Q</x> <script>alert("Q")</script> <a href="https://a.example">Q</a>

<details>
<summary>Summary Q</summary>

Hidden **Q**

</details>

<table><tr><th>head Q</th><th>b</th></tr><tr><td>cell Q</td><td><b>Q</b></td></tr></table>

<div align="center">

centred Q

</div>

<iframe src="https://a.example">Q</iframe>

<unknown-element>block Q</unknown-element>

<p>unclosed Q

<pre>pre
  formatted Q</pre>

<!-- a comment
over lines -->

after it Q

<style>p { color: red }</style>

<form><input value="x"><button onclick="alert(1)">Q</button></form>
"""

IMAGES = f"""\
![attached I](attachment:one.png) in a line Q

![a file I](pictures/a%20file.png)

![a data URI I](data:image/png;base64,{PNG})

![a drawing I]({SVG_URI} "titled Q")

<img src="pictures/drawing.svg" alt="html I" width="20">

![missing Q](no/such/file.png)

![remote Q](https://remote.example/Q.png)

![outside Q](/etc/passwd)

![broken Q](data:image/png;base64,AAAA)

[![in a link I](attachment:one.png)](https://a.example)
"""

CHARACTERS = """\
Emoji 🎉 Q, flags 🇩🇪 Q, family 👨‍👩‍👧 Q, Chinese 漢字 Q, Arabic مرحبا Q, Hebrew שלום Q, combining e\u0301 a\u0308\u0323 Q,
controls \x00\x07\x1b[31m Q, soft\u00adhyphen Q, zero\u200bwidth Q, bidi \u202eabc\u202c Q, private \ue000 Q, ancient 𒀀 Q.

{word}Q

`{code} Q`
""".replace("{word}", "Wort" * 750).replace("{code}", "x = [" + ", ".join(map(str, range(400))) + "]")

DEEP = "\n".join("  " * level + f"- level {level} Q" for level in range(20)) + "\n\n" + "> " * 15 + "Q"

CELLS = {
    "lists": LISTS,
    "tables": TABLES,
    "code": CODE,
    "quotes": QUOTES,
    "mathematics": MATHS,
    "headings": HEADINGS,
    "inline": INLINE,
    "html": HTML,
    "images": IMAGES,
    "characters": CHARACTERS,
    "deep": DEEP,
}


def marked(text: str, counter: count[int]) -> str:
    """`text` with a mark for each Q (a text) or I (an image's words) that stands as a word."""
    return re.sub(
        r"\b[QI]\b|(?<=Wort)Q|(?<=\{)Q(?=x)",
        lambda at: at[0].lower() + f"{next(counter)}" + at[0].lower(),
        text,
    )
