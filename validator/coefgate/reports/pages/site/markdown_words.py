"""Markdown → blocks of a page: paragraphs, lists, tables and code, with all else as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from coefgate.reports.page import (
    Block,
    Cells,
    Emphasis,
    Item,
    Items,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Words,
    code,
    plain,
    strong,
)

LinkTo = Callable[[str], str]
"""From where a link leads in the Markdown to where it leads in the site; empty: nowhere."""
_RULE: Final = "Rule:"


def _nowhere(_: str) -> str:
    return ""


def markdown_blocks(text: str, link: LinkTo = _nowhere) -> Page:
    """What ``text`` says; raw HTML in it, pictures and addresses outside stay text."""
    for node in _parsed(text).children:
        yield from _blocks(node, link)


def first_sentence(section: str) -> Sequence[Span]:
    """What a rule asks, up to the first full stop, of its section."""
    for node in _parsed(section).children:
        if node.type == "paragraph":
            return list(_up_to_stop(_words(node.children[0], _nowhere)))
    return ()


def _up_to_stop(words: Sequence[Span]) -> Iterator[Span]:
    for one in words:
        before, stop, _ = f"{one.text} ".partition(". ")  # or where a line ends
        if one.mark != "plain":
            yield from () if one.text == _RULE else (one,)
        elif stop:
            yield plain(before)
            return
        else:
            yield plain(one.text.removesuffix(":"))


def _parsed(text: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_reader().parse(text))


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _blocks(node: SyntaxTreeNode, link: LinkTo) -> Iterator[Block]:
    match node.type:
        case "paragraph" | "heading":
            emphasis: Emphasis = "strong" if node.type == "heading" else "none"
            yield Paragraph(_words(node.children[0], link), emphasis=emphasis)
        case "bullet_list" | "ordered_list":
            yield Items([_item(one, link) for one in node.children])
        case "table":
            yield _table(node, link)
        case "fence" | "code_block":
            yield Paragraph(_lines(node.content))
        case "blockquote":
            for child in node.children:
                yield from _blocks(child, link)


def _lines(content: str) -> Words:
    """Lines of code, each below the other."""
    lines = content.rstrip("\n").split("\n")
    pieces = [piece for line in lines for piece in (plain("\n"), code(line, longest=len(line)))]
    return pieces[1:]


def _item(node: SyntaxTreeNode, link: LinkTo) -> Item:
    words, *nested = [*_texts(node, link)] or [()]
    return Item(words, nested=nested)


def _texts(node: SyntaxTreeNode, link: LinkTo) -> Iterator[Words]:
    """Each line of text and each block of code below a node, in order."""
    for one in node.walk():
        match one.type:
            case "inline":
                yield _words(one, link)
            case "fence" | "code_block":
                yield _lines(one.content)


def _inlines(node: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    return (one for one in node.walk() if one.type == "inline")


def _table(node: SyntaxTreeNode, link: LinkTo) -> TableBlock:
    head, *body = node.children
    columns = [
        "".join(one.content for one in _inlines(cell)) for cell in head.children[0].children
    ]
    rows: list[Cells] = [
        [_cell(cell, link) for cell in row.children] for part in body for row in part.children
    ]
    return TableBlock(columns, rows)


def _cell(node: SyntaxTreeNode, link: LinkTo) -> Words:
    return [piece for one in _inlines(node) for piece in _words(one, link)]


def _words(inline: SyntaxTreeNode, link: LinkTo) -> Sequence[Span]:
    return [piece for one in inline.children for piece in _pieces(one, link)]


def _pieces(node: SyntaxTreeNode, link: LinkTo) -> Iterator[Span]:
    match node.type:
        case "text":
            yield from [plain(node.content)] if node.content else ()
        case "softbreak" | "hardbreak":
            yield plain(" ")
        case "code_inline":
            yield code(node.content, longest=len(node.content))
        case "strong":
            yield strong("".join(one.content for one in node.walk() if one.type == "text"))
        case "link":
            to = link(str(node.attrs.get("href", "")))
            for child in node.children:
                for one in _pieces(child, link):
                    yield replace(one, link=to)
        case _:
            for child in node.children:
                yield from _pieces(child, link)
