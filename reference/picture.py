"""A picture of a graph: boxes in layers from the inputs on the left to the root on the right.

Longest-path layers; an edge that spans several layers bends through a free place in each, so that
it passes no box; the order within a layer is the barycentre heuristic of Sugiyama et al. (1981).
The picture is an SVG of its own, light and dark, and says in words what its colours say. Where a
viewer drops the style sheet, as hosts of notebooks may, attributes keep the light colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

CHAR, LINE, PAD = 7.3, 18.0, 10.0  # of 12 px monospaced text
GAP_X, GAP_Y, MARGIN = 56.0, 18.0, 12.0
SWEEPS = 6
NODE_LIMIT = 400  # a picture with more boxes is not read any more

INK = "#1f2328"
LIGHT = {  # fill and rim of a box by its mark
    "": ("#f6f8fa", "#afb8c1"),
    "wrong": ("#f6f8fa", "#cf222e"),
    "first": ("#ffebe9", "#cf222e"),
    "sender": ("#ddf4ff", "#0969da"),
    "receiver": ("#f6f8fa", "#0969da"),
}
STYLE = """\
.g{--ink:#1f2328;--soft:#6e7781;--box:#f6f8fa;--rim:#afb8c1;--bad:#cf222e;--badbox:#ffebe9;\
--flow:#0969da;--flowbox:#ddf4ff}
@media (prefers-color-scheme:dark){.g{--ink:#e6edf3;--soft:#8d96a0;--box:#161b22;--rim:#484f58;\
--bad:#ff7b72;--badbox:#3c1618;--flow:#58a6ff;--flowbox:#0c2d4f}}
.g text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--ink)}
.g .name{font-weight:600}.g .soft{fill:var(--soft)}.g .bad{fill:var(--bad);font-weight:600}
.g rect{fill:var(--box);stroke:var(--rim)}.g path{fill:none;stroke:var(--rim);stroke-width:1.4}
.g .first rect{fill:var(--badbox);stroke:var(--bad);stroke-width:2.5;stroke-dasharray:6 3}
.g .wrong rect{stroke:var(--bad)}.g path.blamed{stroke:var(--bad);stroke-width:2.5;\
stroke-dasharray:6 3}
.g .sender rect{fill:var(--flowbox);stroke:var(--flow);stroke-width:2.5}
.g .receiver rect,.g path.flow{stroke:var(--flow);stroke-width:2.5}
.g #tip path{fill:var(--rim);stroke:none}.g #flow-tip path{fill:var(--flow);stroke:none}"""


@dataclass
class Box:
    """One node: its title, an operation, and lines of numbers.

    `mark` is "", "wrong" or "first" where a gradient is wrong, and "sender" or "receiver" where one
    is on its way.
    """

    name: str
    operation: str = ""
    lines: Sequence[str] = ()
    mark: str = ""


@dataclass
class Picture:
    """Boxes, and edges from operand to user as pairs of positions in `boxes`.

    Edges in `flows` are drawn from user to operand: the way a gradient takes.
    """

    boxes: list[Box] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)
    blamed: set[tuple[int, int]] = field(default_factory=set)
    flows: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Place:
    """Where a box is, or a bend of a long edge (which has no size)."""

    layer: int
    width: float = 0.0
    height: float = 0.0
    x: float = 0.0
    y: float = 0.0


def svg(picture: Picture) -> str:
    """Return the picture as an SVG element that needs nothing else."""
    places, routes = _lay_out(picture)
    boxed = places[: len(picture.boxes)]
    width = max((p.x + p.width for p in boxed), default=0) + MARGIN
    height = max((p.y + max(p.height, 1) for p in places), default=0) + MARGIN
    parts = [
        f'<svg class="g" xmlns="http://www.w3.org/2000/svg" role="img" width="{width:.0f}" '
        f'height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" fill="{INK}" '
        'font-family="monospace" font-size="12">',
        f"<title>{escape(in_words(picture))}</title>",
        f"<style>{STYLE}</style>",
        f"<defs>{_tip('tip', '')}{_tip('flow-tip', 'sender')}</defs>",
        *(_edge(picture, edge, route) for edge, route in routes.items()),
        *(_box(box, place) for box, place in zip(picture.boxes, boxed, strict=True)),
        "</svg>",
    ]
    return "\n".join(parts)


def in_words(picture: Picture) -> str:
    """Return what the boxes say, for those who don't see them."""
    marks = {"first": "wrong first", "wrong": "wrong", "sender": "passes its gradient on"}
    return "; ".join(
        ", ".join(filter(None, [box.name, box.operation, *box.lines, marks.get(box.mark, "")]))
        for box in picture.boxes
    )


def _tip(name: str, mark: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path fill="{LIGHT[mark][1]}" '
        'd="M0 0L8 4L0 8z"/></marker>'
    )


def _edge(picture: Picture, edge: tuple[int, int], route: list[Place]) -> str:
    points = _corners(route)
    css, tip, mark = "edge", "tip", ""
    if edge in picture.blamed:
        css, mark = "blamed", "first"
    if edge in picture.flows:
        css, tip, mark = "flow", "flow-tip", "sender"
        points.reverse()
    return (
        f'<path class="{css}" fill="none" stroke="{LIGHT[mark][1]}" marker-end="url(#{tip})" '
        f'd="{_curve(points)}"/>'
    )


def _box(box: Box, place: Place) -> str:
    x, y = place.x, place.y
    head = f'<tspan class="name">{escape(box.name)}</tspan>'
    if box.operation:
        head += f'<tspan class="soft"> = {escape(box.operation)}</tspan>'
    rows = [head, *map(escape, box.lines)]
    if box.mark in ("first", "wrong"):
        words = "✗ wrong first" if box.mark == "first" else "✗ wrong"
        rows.append(f'<tspan class="bad">{words}</tspan>')
    texts = "".join(
        f'<text x="{x + PAD:.1f}" y="{y + PAD + LINE * (k + 0.7):.1f}">{row}</text>'
        for k, row in enumerate(rows)
    )
    fill, rim = LIGHT[box.mark]
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{place.width:.1f}" height="{place.height:.1f}"'
    return (
        f'<g class="{box.mark or "plain"}"><rect {shape} rx="6" fill="{fill}" stroke="{rim}"/>'
        f"{texts}</g>"
    )


def _size(box: Box) -> tuple[float, float]:
    head = box.name + (f" = {box.operation}" if box.operation else "")
    rows = [head, *box.lines, *(["x wrong first"] if box.mark in ("first", "wrong") else [])]
    return max(map(len, rows)) * CHAR + 2 * PAD, len(rows) * LINE + 2 * PAD - 4


def _lay_out(picture: Picture) -> tuple[list[Place], dict[tuple[int, int], list[Place]]]:
    """Return a place for every box and bend, and each edge as the places it goes through."""
    layers = _layers(picture)
    places = [Place(layer, *_size(box)) for layer, box in zip(layers, picture.boxes, strict=True)]
    routes: dict[tuple[int, int], list[int]] = {}
    for edge in dict.fromkeys(picture.edges):
        bends = range(layers[edge[0]] + 1, layers[edge[1]])
        routes[edge] = [edge[0], *range(len(places), len(places) + len(bends)), edge[1]]
        places += [Place(layer) for layer in bends]
    columns: list[list[int]] = [[] for _ in range(max(layers, default=-1) + 1)]
    for index, place in enumerate(places):
        columns[place.layer].append(index)
    _order(columns, routes)
    _position(columns, places)
    return places, {edge: [places[i] for i in route] for edge, route in routes.items()}


def _layers(picture: Picture) -> list[int]:
    """Return each box's layer: one more than its deepest operand's; inputs stand by their user."""
    count = len(picture.boxes)
    layers = [0] * count
    for _ in range(count):  # settles in as many rounds as the longest way has edges
        before = list(layers)
        for operand, user in picture.edges:
            layers[user] = max(layers[user], layers[operand] + 1)
        if layers == before:
            break
    users: dict[int, list[int]] = {}
    for operand, user in picture.edges:
        users.setdefault(operand, []).append(layers[user])
    inputs = set(range(count)) - {user for _, user in picture.edges}
    for box in inputs & users.keys():
        layers[box] = min(users[box]) - 1
    return layers


def _order(columns: list[list[int]], routes: dict[tuple[int, int], list[int]]) -> None:
    """Sort each column by the mean place of its neighbours, forwards and backwards."""
    links = [pair for route in routes.values() for pair in pairwise(route)]
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for left, right in links:
        before.setdefault(right, []).append(left)
        after.setdefault(left, []).append(right)
    for sweep in range(SWEEPS):
        near, ordered = (before, columns) if sweep % 2 == 0 else (after, columns[::-1])
        rank = {node: place for column in columns for place, node in enumerate(column)}
        for column in ordered:
            middle = {
                node: sum(rank[n] for n in near[node]) / len(near[node])
                if node in near
                else rank[node]
                for node in column
            }
            column.sort(key=lambda node, middle=middle: middle[node])  # type: ignore[misc]
            rank.update({node: place for place, node in enumerate(column)})


def _position(columns: list[list[int]], places: list[Place]) -> None:
    heights = [
        sum(max(places[node].height, LINE) for node in column) + GAP_Y * (len(column) - 1)
        for column in columns
    ]
    x = MARGIN
    for column, height in zip(columns, heights, strict=True):
        wide = max(places[node].width for node in column)
        y = MARGIN + (max(heights) - height) / 2
        for node in column:
            place = places[node]
            place.x, place.y = x + (wide - place.width) / 2, y
            if not place.height:
                place.x, place.y, place.width = x, y + LINE / 2, wide
            y += max(place.height, LINE) + GAP_Y
        x += wide + GAP_X


def _corners(route: list[Place]) -> list[tuple[float, float]]:
    """Return the points of a way from the right side of its first place to the left of its last."""
    first, *bends, last = route
    points = [(first.x + first.width, first.y + first.height / 2)]
    for bend in bends:
        points += [(bend.x, bend.y), (bend.x + bend.width, bend.y)]
    return [*points, (last.x, last.y + last.height / 2)]


def _curve(points: list[tuple[float, float]]) -> str:
    """Return a smooth path through points, level at each of them."""
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        path += f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    return path
