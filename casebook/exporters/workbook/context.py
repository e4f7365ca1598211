"""What every sheet's writer is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from xlsxwriter.workbook import Workbook

from casebook.exporters.workbook.formula import YEAR_ROW
from casebook.exporters.workbook.page import Page, PrintSetup, column
from casebook.exporters.workbook.sheet_plan import START, YEAR_1, Plan
from casebook.exporters.workbook.styles import NumberFormats, Styles
from casebook.formatting import Formatter
from casebook.record.types import Record

HEAD_ROW = YEAR_ROW - 1


@dataclass(frozen=True)
class Context:
    """One workbook in the making."""

    book: Workbook
    plan: Plan
    styles: Styles
    formats: NumberFormats
    formatter: Formatter
    setup: PrintSetup
    pages: list[Page] = field(default_factory=list)

    @property
    def record(self) -> Record:
        """The case record."""
        return self.plan.record

    @property
    def years(self) -> int:
        """The number of years."""
        return self.plan.years

    @property
    def last(self) -> int:
        """The column of the last year, on the sheets by year."""
        return START + self.years

    @property
    def say(self) -> Callable[..., str]:
        """A fixed phrase in the language of the record."""
        return self.formatter.say

    def ref(self, sheet: str) -> str:
        """What stands in front of a cell of another sheet, called by its English name."""
        name = self.say(sheet).replace("'", "''")
        return f"'{name}'!"

    def page(self, name: str, title: str, about: str) -> Page:
        """A new sheet with its title; `name` is the English one."""
        page = Page(self.book, self.say(name), self.styles, self.formats)
        page.heading(title, about)
        self.pages.append(page)
        return page

    def year_page(self, name: str, about: str, before: list[str], after: list[str]) -> Page:
        """A new sheet by year: three or four columns, the years, and what comes after them.

        Where three stand before, the start and a present value are added.
        """
        page, has_start = self.page(name, self.say(name), about), len(before) == 3
        years = [self.say("Year {year}", year=year) for year in range(1, self.years + 1)]
        labels = [*before, *([self.say("Start")] if has_start else []), *years]
        labels += [*([self.say("Present value")] if has_start else []), *after]
        right_to = self.last + has_start
        page.heads(HEAD_ROW, labels, right_from=START + (not has_start), right_to=right_to)
        periods = self.styles.get("period", number="0")
        self.text_row(page, YEAR_ROW, ["", "", self.say("period")], "period")
        for period in range(0 if has_start else 1, self.years + 1):
            page.number(YEAR_ROW, START + period, period, periods)
        page.sheet.freeze_panes(YEAR_ROW, 2)
        page.printing(self.setup, repeat=HEAD_ROW, years=self.years)
        return page

    def text_row(self, page: Page, row: int, texts: list[str], *style: str) -> None:
        """Texts from column A on."""
        for col, text in enumerate(texts):
            page.text(row, col, text, self.styles.get(*style))

    def section(self, page: Page, row: int, title: str, last: int) -> None:
        """A heading across the table."""
        style = self.styles.get("section", text_wrap=False)
        page.blank(row, 0, last, style)
        page.text(row, 0, title, style)

    def in_year(self, template: str, year: int, *, elsewhere: bool) -> str:
        """A formula's template for one year, on the sheet of steps or on another one."""
        here, before = column(YEAR_1 + year - 1), column(YEAR_1 + year - 2)
        sheet = self.ref("Steps") if elsewhere else ""
        return template.replace("{s}", sheet).replace("{c}", here).replace("{p}", before)
