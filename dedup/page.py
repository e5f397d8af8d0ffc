"""A page on which a person judges a sample of removals: one file, without network, worked by mouse or keyboard."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from .differences import plain, word_diff
from .sample import Drawn

_STYLE = """
:root { color-scheme: light dark; --gone: #ffd9d9; --new: #d3f3d3; --line: #8886; --on: #2b6cb0; }
@media (prefers-color-scheme: dark) { :root { --gone: #6b2626; --new: #1e5128; --on: #63a4e8; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: auto; padding: 0 1rem 4rem; }
header { position: sticky; top: 0; background: Canvas; border-bottom: 1px solid var(--line); padding: .5rem 0; }
h1 { font-size: 1.1rem; margin: 0; }
output { font-weight: bold; }
ol { padding-left: 2.5rem; }
li { border-left: .3rem solid transparent; padding: .5rem 0 .5rem .7rem; margin: 1rem 0; scroll-margin-top: 7rem; }
li:focus { outline: none; border-color: var(--on); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .8rem; margin: 0 0 .5rem; }
dt, .place, .reason { color: GrayText; }
dd { margin: 0; overflow-wrap: anywhere; }
del { background: var(--gone); }
ins { background: var(--new); text-decoration: none; }
button { font: inherit; padding: .1rem .8rem; }
button[aria-pressed=true] { outline: .2rem solid var(--on); }
"""

_SCRIPT = """
const items = [...document.querySelectorAll("li")];
const verdicts = [...decodeURIComponent(location.hash.slice(1)).padEnd(items.length, "-").slice(0, items.length)];
function wilson(right, judged) {
  const z = 1.959964, share = right / judged, centre = share + z * z / (2 * judged);
  const spread = z * Math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged));
  return [centre - spread, centre + spread].map(end => end / (1 + z * z / judged));
}
function show() {
  const count = key => verdicts.filter(verdict => verdict === key).length;
  const right = count("y"), judged = right + count("n"), percent = share => (100 * share).toFixed(1) + "%";
  items.forEach((item, place) => item.querySelectorAll("button").forEach(button =>
    button.setAttribute("aria-pressed", button.value === verdicts[place])));
  let words = judged + " of " + items.length + " judged";
  if (judged) {
    const [low, high] = wilson(right, judged);
    words = "precision " + percent(right / judged) + " (95% interval " + percent(low) + " to " + percent(high) + "): "
      + right + " of " + judged + " removals right, " + (items.length - judged) + " left open";
  }
  document.querySelector("output").textContent = words;
}
function go(place) {
  const item = items[Math.max(0, Math.min(items.length - 1, place))];
  if (item) { item.focus(); item.scrollIntoView({block: "nearest"}); }
}
function set(place, key) {
  verdicts[place] = key;
  history.replaceState(null, "", "#" + encodeURIComponent(verdicts.join("")));
  show();
  go(place + 1);
}
items.forEach((item, place) => item.querySelectorAll("button").forEach(button =>
  button.addEventListener("click", () => set(place, button.value))));
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const place = items.findIndex(item => item.contains(document.activeElement));
  if ("yn?".includes(event.key) && place >= 0) set(place, event.key);
  else if (event.key === "j" || event.key === "ArrowDown") go(place + 1);
  else if (event.key === "k" || event.key === "ArrowUp") go(place - 1);
  else return;
  event.preventDefault();
});
show();
go(Math.max(0, verdicts.indexOf("-")));
"""


def as_page(drawn: Sequence[Drawn]) -> str:
    """The page of a sample. The verdicts stand in its address, so that it can be reloaded or kept as a bookmark.

    Every text is escaped, and the page's policy lets nothing run or load but what is written here.
    """
    policy = f"default-src 'none'; style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Removals to be judged</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>Does what the removed paragraph says stay in the kept one?</h1>
<p><kbd>y</kbd> yes, the removal is right; <kbd>n</kbd> no, something is lost; <kbd>?</kbd> cannot be told;
<kbd>j</kbd> and <kbd>k</kbd> or the arrows go on and back.</p>
<output aria-live="polite"></output>
</header>
<main>
<ol>
{"".join(map(_item, drawn))}</ol>
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _item(removal: Drawn) -> str:
    record = removal.record
    places = [escape(place) for place in removal.places]
    rows = [("removed", f'<bdi>{escape(plain(record["text"]))}</bdi> <span class="place">{places[0]}</span>')]
    if removal.kept is None:
        rows.append(("kept", f'<span class="place">in {places[1]}, which the run did not read</span>'))
    else:
        rows.append(("kept", f'<bdi>{escape(plain(removal.kept))}</bdi> <span class="place">{places[1]}</span>'))
        rows.append(("change", f"<bdi>{_change(record['text'], removal.kept)}</bdi>"))
    rows.append(("why", f'<span class="reason">{escape(record["relation"])}: {escape(record["reason"])}</span>'))
    listed = "".join(f"<dt>{name}</dt><dd>{body}</dd>\n" for name, body in rows)
    buttons = (("y", "right"), ("n", "loses something"), ("?", "cannot tell"))
    pressed = "".join(
        f'<button type="button" value="{key}" aria-pressed="false">{name}</button> ' for key, name in buttons
    )
    return f'<li tabindex="-1">\n<dl>\n{listed}</dl>\n{pressed}\n</li>\n'


def _change(removed: str, kept: str) -> str:
    tags = {"both": "{}", "a": "<del>{}</del>", "b": "<ins>{}</ins>"}
    return "".join(tags[stretch.side].format(escape(plain(stretch.text))) for stretch in word_diff(removed, kept))


def _hash(source: str) -> str:
    """What a content security policy calls an inline script or style."""
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
