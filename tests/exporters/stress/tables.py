"""Cells that show tables as pandas, its Styler and great_tables make them."""

from __future__ import annotations

FRAMES = [
    "import numpy as np, pandas as pd",
    "pd.DataFrame({'name Q': ['a Q', 'b|c Q'], 'figure': [1234.5, -2], 'none': [None, 'NaN Q']})",
    "pd.Series([1, 2], index=['a', 'b'], name='Q').to_frame()",
    "rows = pd.MultiIndex.from_product([['north Q', 'south Q'], ['2024', '2025']], names=['region Q', 'year'])\n"
    "columns = pd.MultiIndex.from_product([['cost Q', 'gain Q'], ['low', 'high']], names=['kind', 'end Q'])\n"
    "wide = pd.DataFrame(np.arange(16.0).reshape(4, 4), rows, columns)\nwide",
    "pd.DataFrame()",
    "pd.DataFrame({'<b>Q</b>': ['<script>alert(1)</script> Q', '#panic() $x$ Q']})",
    "pd.DataFrame({'long': ['word ' * 80 + 'Q', 'W' * 3000 + ' Q'], 'n': [1, 2]}).style",
]

STYLED = [
    "plain = pd.DataFrame({'item': ['one Q', 'two Q'], 'a': [1.5, -3.25], 'b': [100, 20000]})",
    "plain.style.format(precision=1, thousands=',').set_caption('A caption Q').hide(axis='index')"
    ".background_gradient(cmap='Blues', subset=['a'])",
    "plain.style.bar(subset=['a', 'b'], align='mid', color=['#d65f5f', '#5fba7d'])",
    "plain.style.highlight_max(subset=['b'], color='yellow').map(lambda v: 'color: red; font-weight: bold', subset=['a'])"
    ".set_table_styles([{'selector': 'th', 'props': 'background-color: #14213d; color: white'},"
    " {'selector': 'td', 'props': 'text-align: center'}])",
    "wide.style.format('{:.1f}')",
]

GREAT = (
    'html = \'\'\'<div id="gtab" style="padding:10px;overflow-x:auto"><style>#gtab table {font-family: system-ui}'
    " #gtab .gt_col_heading {background-color: #FFFFFF; color: #333333} #gtab .gt_right {text-align: right}"
    " #gtab .gt_title {font-size: 125%} #gtab .gt_striped {background-color: #F4F4F4}</style>"
    '<table class="gt_table" data-quarto-disable-processing="false"><thead><tr class="gt_heading">'
    '<td colspan="3" class="gt_heading gt_title gt_font_normal">A title Q</td></tr><tr class="gt_heading">'
    '<td colspan="3" class="gt_heading gt_subtitle">A subtitle Q</td></tr><tr class="gt_col_headings">'
    '<th class="gt_col_heading gt_left" rowspan="2" scope="col" id="n">name</th>'
    '<th class="gt_center gt_columns_top_border gt_column_spanner_outer" colspan="2" scope="colgroup">'
    '<span class="gt_column_spanner">Spanner Q</span></th></tr><tr><th class="gt_col_heading gt_right">a</th>'
    '<th class="gt_col_heading gt_right">b Q</th></tr></thead><tbody class="gt_table_body"><tr class="gt_group_heading_row">'
    '<th class="gt_group_heading" colspan="3" scope="colgroup">Group Q</th></tr><tr><th class="gt_row gt_left gt_stub">'
    'one Q</th><td class="gt_row gt_right gt_striped">1</td><td class="gt_row gt_right">2.5</td></tr></tbody>'
    '<tfoot class="gt_sourcenotes"><tr><td class="gt_sourcenote" colspan="3">Source Q</td></tr></tfoot></table></div>'
    "'''\nfrom IPython.display import HTML\nHTML(html)"
)

LARGE = [
    "pd.set_option('display.max_rows', None, 'display.max_columns', None)",
    "pd.DataFrame({f'c{n}': [n * m for m in range(500)] for n in range(6)}).assign(end=['x'] * 499 + ['Q'])",
    "pd.DataFrame(np.arange(120).reshape(3, 40), columns=[f'column {n}' for n in range(40)]).assign(last=['Q', 'b', 'c'])",
    "pd.DataFrame(np.arange(240).reshape(4, 60) * 12345.678, columns=[f'a long heading {n}' for n in range(60)],"
    " index=['first Q', 'b', 'c', 'last Q']).assign(end='Q')",
]
