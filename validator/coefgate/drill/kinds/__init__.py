"""Every kind of change that is planted, as tables: regressions, and changes that harm nothing.

A row says what the kind is called, its sentence in docs/reference/drill-kinds.md, what is done,
and which rules must object where that does not follow from what is done. Tables are set by hand
(``fmt: off``).
"""
