"""Lines over powers of ten, as SVG."""

from dataclasses import dataclass
from math import ceil, log10

COLOURS = "#1b6ca8", "#c2541b", "#2f7d4f"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 420, 300, 45, 40, 15, 90
STYLE = "text{font:12px sans-serif;fill:#444}.title{font-weight:bold}path{fill:none;stroke-width:2}.grid{stroke:#ddd}"


@dataclass(frozen=True, slots=True)
class Panel:
    """title: of the figures; lines: of each name, number of paragraphs and figure."""

    title: str
    lines: dict[str, list[tuple[float, float]]]


def as_svg(panels: list[Panel]) -> str:
    """The panels side by side."""
    drawn = [f'<g transform="translate({i * WIDTH} 0)">{"".join(_drawn(one))}</g>' for i, one in enumerate(panels)]
    size = f'width="{len(panels) * WIDTH}" height="{HEIGHT}"'
    background = '<rect width="100%" height="100%" fill="white"/>'
    body = "\n".join([f"<style>{STYLE}</style>", background, *drawn])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>\n'


def _drawn(panel: Panel) -> list[str]:
    points = [point for line in panel.lines.values() for point in line]
    low, high = (round(log10(end(n for n, _ in points))) for end in (min, max))
    most = max(figure for _, figure in points)
    step = 10 ** ceil(log10(most / 6)) / (2 if most / 6 * 2 <= 10 ** ceil(log10(most / 6)) else 1)

    def x(n: float) -> float:
        return round(LEFT + (log10(n) - low) / max(1, high - low) * (WIDTH - LEFT - RIGHT), 1)

    def y(figure: float) -> float:
        return round(HEIGHT - BOTTOM - figure / (step * ceil(most / step)) * (HEIGHT - BOTTOM - TOP), 1)

    parts = [f'<text class="title" x="{LEFT}" y="20">{panel.title}</text>']
    for tick in range(ceil(most / step) + 1):
        at = y(tick * step)
        parts.append(f'<path class="grid" d="M{LEFT} {at}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4}" text-anchor="end">{tick * step:g}</text>')
    for power in range(low, high + 1):
        label = f'10<tspan dy="-4" font-size="9">{power}</tspan>'
        parts.append(f'<text x="{x(10**power)}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{label}</text>')
    for i, (name, line) in enumerate(panel.lines.items()):
        path = "L".join(f"{x(n)} {y(figure)}" for n, figure in line)
        key = HEIGHT - BOTTOM + 38 + 16 * i
        parts.append(f'<path stroke="{COLOURS[i]}" d="M{path}"/>')
        parts.append(
            f'<path stroke="{COLOURS[i]}" d="M{LEFT} {key}h20"/><text x="{LEFT + 26}" y="{key + 4}">{name}</text>'
        )
    return parts
