const list = document.querySelector("ol");
const answers = [["y", "right"], ["n", "loses something"], ["?", "cannot tell"]];

for (const { removed, kept, diff, places, why } of data.items) {
  const text = (...words) => element("p", { class: "text", dir: "auto" }, ...words);
  const place = number => element("bdi", { class: "quiet" }, places[number]);
  const rows = [["removed", text(removed), place(0)]];
  const unread = `in ${places[1]}, which the run did not read`;
  if (kept === null) rows.push(["kept", element("p", { class: "quiet" }, unread)]);
  else rows.push(["kept", text(kept), place(1)], ["change", text(...changes(removed, diff))]);
  rows.push(["why", element("span", { class: "reason" }, why)]);
  const described = rows.map(([name, ...body]) => [element("dt", {}, name), element("dd", {}, ...body)]);
  const buttons = answers.map(([key, name]) => element("button", { type: "button", value: key }, name));
  list.append(element("li", { tabindex: "-1" }, element("dl", {}, ...described.flat()), ...buttons));
}

const items = [...list.children];
const verdicts = [...decodeURIComponent(location.hash.slice(1)).padEnd(items.length, "-").slice(0, items.length)];

function wilson(right, judged) {
  const z = 1.959964, share = right / judged, centre = share + z * z / (2 * judged);
  const spread = z * Math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged));
  return [centre - spread, centre + spread].map(end => end / (1 + z * z / judged));
}

function show() {
  const count = key => verdicts.filter(verdict => verdict === key).length;
  const right = count("y"), judged = right + count("n");
  items.forEach((item, place) => item.querySelectorAll("button").forEach(button =>
    button.setAttribute("aria-pressed", button.value === verdicts[place])));
  let words = `${judged} of ${items.length} judged`;
  if (judged) {
    const [low, high] = wilson(right, judged);
    words = `precision ${percent(right / judged)} (95% interval ${percent(low)} to ${percent(high)}): `
      + `${right} of ${judged} removals right, ${items.length - judged} left open`;
  }
  document.querySelector("output").textContent = words;
}

function go(place) {
  const item = items[Math.max(0, Math.min(items.length - 1, place))];
  if (item) {
    item.focus();
    item.scrollIntoView({ block: "nearest" });
  }
}

function set(place, key) {
  verdicts[place] = key;
  history.replaceState(null, "", "#" + encodeURIComponent(verdicts.join("")));
  show();
  go(place + 1);
}

// What was judged, as JSON Lines: the same as the command writes with --verdicts.
function judged() {
  const lines = data.items.map(({ record }, place) => ({ ...record, verdict: data.names[verdicts[place]] }));
  return lines.filter(({ verdict }) => verdict).map(line => JSON.stringify(line) + "\n").join("");
}

document.getElementById("save").addEventListener("click", () => {
  const url = URL.createObjectURL(new Blob([judged()], { type: "application/x-ndjson" }));
  element("a", { href: url, download: "verdicts.jsonl" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
});
list.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (button) set(items.findIndex(item => item.contains(button)), button.value);
});
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const place = items.findIndex(item => item.contains(document.activeElement));
  if (answers.some(([key]) => key === event.key) && place >= 0) set(place, event.key);
  else if (event.key === "j" || event.key === "ArrowDown") go(place + 1);
  else if (event.key === "k" || event.key === "ArrowUp") go(place - 1);
  else return;
  event.preventDefault();
});
show();
go(Math.max(0, verdicts.indexOf("-")));
