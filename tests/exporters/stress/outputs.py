"""Cells whose outputs a real kernel makes: what analysts print, plot and display."""

from __future__ import annotations

from tests.exporters.stress.prose import PNG, SVG

STREAMS = [
    "print('\\x1b[31mred Q\\x1b[0m plain Q')",
    "for n in range(101): print(f'\\r{n}% Q', end='')",
    "import sys\nprint('to stderr Q', file=sys.stderr)",
    "print('\\n'.join(f'line {n}' for n in range(400)), 'Q')",
    "print('x' * 3000 + ' Q')",
    "print('tab\\tQ \\x08 bell\\x07 null\\x00 Q', end='')\nprint('  <b>Q</b> #panic() $x$ `Q`')",
    "import warnings; warnings.warn('careful Q')",
]

TEXTS = [
    "from IPython.display import *",
    "display(Markdown('**Q** and $x^2$\\n\\n- a Q\\n\\n| a | b |\\n|--|--|\\n| Q | 1 |'))",
    "display(Latex(r'$\\displaystyle x^2 + y_1$'), 'Q')",
    "display(Latex(r'Some \\LaTeX{} prose Q and $x$'))",
    "display(Latex(r'\\begin{tabular}{c}Q\\end{tabular}'))",
    "display(Math(r'\\frac{a}{b} \\text{Q}'))",
    "display(JSON({'name': 'Q', 'nested': [1, {'deep': 'Q'}]}))",
    "display(GeoJSON({'type': 'Point', 'coordinates': [1, 2], 'name': 'Q'}))",
    "display(HTML('<p>a <b>Q</b> &amp; Q</p><ul><li>Q</li></ul><pre>Q</pre>'))",
    "display(Code('def code(): pass  # Q', language='python'))",
    "display(Pretty('pretty Q'))",
    "{'a': 'Q', 'b': [1, 2]}",
    "display({'text/plain': 'several forms Q', 'application/vnd.x+json': {}}, raw=True)",
    "display({'text/plain': 'IntSlider(value=3) Q', 'application/vnd.jupyter.widget-view+json':"
    " {'model_id': 'a', 'version_major': 2, 'version_minor': 0}}, raw=True)",
    "handle = display('first', display_id=True); handle.update('second Q')",
    "clear_output(); print('after clearing Q')",
]

PICTURES = [
    f"display(Image(data=__import__('base64').b64decode('{PNG}')), metadata={{'image/png': {{'alt': 'I'}}}})",
    f"display(SVG('''{SVG}'''), metadata={{'image/svg+xml': {{'alt': 'I'}}}})",
    "import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nimport io\n"
    "fig, ax = plt.subplots(figsize=(3, 2)); ax.plot([1, 3, 2]); file = io.BytesIO(); fig.savefig(file, format='jpeg')\n"
    "display(Image(data=file.getvalue(), format='jpeg'), metadata={'image/jpeg': {'alt': 'I'}})\nplt.close(fig)",
    "file = io.BytesIO(); fig.savefig(file, format='svg'); text = file.getvalue().decode()\n"
    "display(SVG(text), metadata={'image/svg+xml': {'alt': 'I'}})",
    "display({'application/vnd.vegalite.v5+json': {}, 'image/png': '"
    + PNG
    + "', 'text/plain': '<Chart>'}, raw=True,"
    " metadata={'image/png': {'alt': 'I'}})",
    f'display(HTML(\'<p>figure Q</p>{SVG} after Q <img alt="I" src="data:image/png;base64,{PNG}">\'))',
]

REFUSED = {
    "application/javascript": "display(Javascript('alert(1)'))",
    "application/pdf": "display({'application/pdf': 'JVBERg==', 'text/plain': '<Figure>'}, raw=True)",
    "video/mp4": "display({'video/mp4': 'AAAA', 'text/plain': '<Video>'}, raw=True)",
    "text/x-unknown": "display({'text/x-unknown': 'x', 'text/plain': '<Unknown object>'}, raw=True)",
    "IFrame": "display(IFrame('https://a.example/', 100, 100))",
    "script": "display(HTML('<div id=plot></div><script>draw()</script>'))",
    "image/png": "display({'image/png': 'AAAA', 'text/plain': '<Image>'}, raw=True)",
}
"""What no document can show, by what the remark in its place names."""

EMPTY = ["None", "print()", "display(HTML(''))", "display(Markdown(''))", "display('')", "pass"]
