"""Paper for reports: an A4 document in DejaVu Sans (embedded; it comes with matplotlib), its headings and tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

INK, QUIET, LINE, BLUE, WARN = (22, 25, 31), (65, 77, 92), (213, 219, 219), (9, 114, 211), (141, 59, 0)
WIDTH = 180.0


def document(title: str, made: float) -> FPDF:
    """Open a document with its first page; `made` is its date in epoch seconds."""
    import matplotlib as mpl
    from fpdf import FPDF

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("DejaVu", size=8)
            self.set_text_color(*QUIET)
            self.cell(0, 5, f"{title} · page {self.page_no()}", align="C")

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    pdf = Document(format="A4")
    pdf.set_creation_date(dt.datetime.fromtimestamp(made, dt.UTC))
    pdf.set_title(title)
    pdf.set_creator("Trialbook")
    pdf.set_margin(15)
    pdf.set_auto_page_break(True, 18)
    pdf.add_font("DejaVu", "", fonts / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    return pdf


def write(pdf: FPDF, words: str, size: float = 9, *, bold: bool = False, colour: Sequence[int] = INK) -> None:
    """Write a paragraph."""
    pdf.set_font("DejaVu", "B" if bold else "", size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(WIDTH, size * 0.5, words, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(*INK)


def heading(pdf: FPDF, words: str, size: float = 14, room: float = 60) -> None:
    """Write a heading, on a new page when fewer than `room` millimetres are left on this one."""
    if pdf.get_y() > pdf.h - room:
        pdf.add_page()
    pdf.ln(4)
    write(pdf, words, size, bold=True)
    pdf.ln(1.5)


def table(
    pdf: FPDF,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    words: Sequence[int] = (0,),
) -> None:
    """Write a table, its headers again on each page; the columns numbered in `words` are words, the others figures."""
    from fpdf.fonts import FontFace

    pdf.set_font("DejaVu", size=8)
    pdf.set_draw_color(*LINE)
    pdf.set_fill_color(255, 255, 255)
    pdf.set_text_color(*INK)
    style = FontFace(emphasis="BOLD")
    sides = tuple("LEFT" if at in words else "RIGHT" for at in range(len(widths)))
    with pdf.table(
        width=sum(widths), col_widths=tuple(widths), align="LEFT", line_height=4.6, headings_style=style,
        borders_layout="HORIZONTAL_LINES", text_align=sides, padding=0.6,
    ) as grid:  # fmt: skip
        for line in (headers, *rows):
            row = grid.row()
            for cell in line:
                row.cell(cell)
    pdf.ln(2)
