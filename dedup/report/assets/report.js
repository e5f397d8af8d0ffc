const { totals, config, counts, names, clusters, variants, removals } = data;
const find = id => document.getElementById(id);
const said = number => number.toLocaleString("en");
const many = (number, noun) => `${said(number)} ${noun}${number === 1 ? "" : "s"}`;
const unit = data.lines ? "line" : "paragraph";

// --- What belongs together -----------------------------------------------------------------------------------------

// Rows of a table by the number in one of its columns: row numbers side by side in one array, in their order.
function grouped(column, groups) {
  const first = new Int32Array(groups + 1);
  for (const group of column) first[group + 1]++;
  for (let group = 0; group < groups; group++) first[group + 1] += first[group];
  const next = first.slice(), rows = new Int32Array(column.length);
  column.forEach((group, row) => { rows[next[group]++] = row; });
  return group => rows.subarray(first[group], first[group + 1]);
}
const variantsOf = grouped(variants.cluster, clusters.text.length);
const removalsOf = grouped(removals.variant, variants.text.length);
const around = new Map(data.around.removal.map((row, number) => [row, number]));

// What became of a variant's words.
const fates = {
  kept: ["every word is kept", "all stand in the kept text, in this order"],
  own: ["a word of its own", config.threshold === null ? "another spelling, a label, an article, a list number: look here first"
    : "of whatever weight, as likeness decides: look here first"],
  unread: ["not known", `the kept ${unit} stands where this run did not read`],
  gone: ["boilerplate", "all occurrences go, as was asked for: it is said nowhere any more"],
};
const fate = variants.relation.map((relation, variant) => {
  if (relation === "boilerplate") return "gone";
  const diff = variants.diff[variant];
  if (diff) return diff.some(piece => piece < 0) ? "own" : "kept";
  return relation === "exact" ? "kept" : "unread";
});

const BANDS = 20;
const range = number => `${(number / BANDS).toFixed(2)} to ${((number + 1) / BANDS).toFixed(2)}`;
const band = variants.relation.map((relation, variant) =>
  relation === "exact" || relation === "boilerplate" ? -1
    : Math.min(BANDS - 1, Math.floor(variants.similarity[variant] * BANDS + 1e-9)));

// --- What is chosen: in the address, so that it can be kept and passed on -------------------------------------------

const defaults = { q: "", file: "", order: "size", relation: "", words: "", band: "", page: "1" };
let state;

function read() {
  const asked = new URLSearchParams(location.hash.slice(1));
  state = Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, asked.get(key) ?? value]));
  find("q").value = state.q;
  find("file").value = state.file;
  find("order").value = state.order;
  if (!find("order").value) find("order").value = state.order = defaults.order;
}

function choose(change) {
  Object.assign(state, { page: "1" }, change);
  const chosen = Object.entries(state).filter(([key, value]) => value !== defaults[key]);
  history.replaceState(null, "", "#" + new URLSearchParams(chosen));
  show();
}

// --- The whole at a glance -----------------------------------------------------------------------------------------

const meanings = {
  exact: "the same words in the same order",
  contained: "its words stand in a longer one, in order",
  near: "almost the same words",
  boilerplate: "boilerplate, all occurrences",
};

function facet(list, key, value, name, says, number, whole) {
  const bar = element("span");
  bar.style.width = percent(number / whole);
  const button = element("button",
    { type: "button", class: `facet ${key === "relation" ? value : ""}`, "data-key": key, "data-value": value });
  const parts = { name, number: said(number), share: percent(number / whole), says };
  for (const [part, text] of Object.entries(parts)) button.append(element("span", { class: part }, text), " ");
  button.append(element("span", { class: "bar" }, bar));
  list.append(element("li", {}, button));
}

function totalsShown() {
  const share = percent(data.removed / (totals.paragraphs || 1));
  const what = data.done ? "removed" : "could be removed";
  document.title = `${share} ${what}`;
  find("sources").append("dedup · ", element("bdi", {}, data.sources.join(", ")));
  find("share").append(share);
  find("lead").append(`${said(data.removed)} of ${many(totals.paragraphs, unit)} ${what}`);
  const origin = [`from ${many(totals.documents, "document")}`];
  if (totals.removed_within) origin.push(`${said(totals.removed_within)} repeat their own document`);
  if (totals.removed_across) origin.push(`${said(totals.removed_across)} an earlier one`);
  if (totals.passed) origin.push(`${many(totals.passed, "document")} done before`);
  if (totals.skipped) origin.push(`${said(totals.skipped)} skipped`);
  find("origin").append(origin.join("; "));
  for (const [id, facts] of Object.entries({ made: data.made, config }))
    for (const [name, value] of Object.entries(facts))
      if (value !== "") find(id).append(element("div", {}, element("dt", {}, name), element("dd", { dir: "auto" }, String(value))));
}

function relationsShown() {
  const relations = Object.keys(meanings).filter(relation => counts[relation]);
  const rest = totals.paragraphs - data.removed;
  for (const [relation, number] of [...relations.map(name => [name, counts[name]]), ["", rest]]) {
    const part = element("span", { class: relation });
    part.style.flexGrow = number;
    find("strip").append(part);
  }
  for (const relation of relations)
    facet(find("relations"), "relation", relation, relation, meanings[relation], counts[relation], data.removed);
}

function fatesShown() {
  const listed = removals.variant.length, by = {};
  fate.forEach((name, variant) => { by[name] = (by[name] ?? 0) + removalsOf(variant).length; });
  for (const [name, [title, says]] of Object.entries(fates))
    if (by[name]) facet(find("words"), "words", name, title, says, by[name], listed);
  const part = `The first ${said(listed)} of ${said(data.removed)} are listed here, `
    + "and counted in “How alike” and “Is anything lost?”.";
  if (listed < data.removed) find("each").after(element("p", {}, part));
}

function bandsShown() {
  const bands = Array.from({ length: BANDS }, () => ({ near: 0, contained: 0 }));
  band.forEach((number, variant) => {
    if (number >= 0) bands[number][variants.relation[variant]] += removalsOf(variant).length;
  });
  const most = Math.max(1, ...bands.map(({ near, contained }) => near + contained));
  bands.forEach(({ near, contained }, number) => {
    const name = `similarity ${range(number)}: ${contained} contained, ${near} near`;
    const bar = element("button",
      { type: "button", "data-key": "band", "data-value": number, "aria-label": name, title: name });
    bar.disabled = !(near + contained);
    for (const [relation, height] of Object.entries({ near, contained })) {
      const part = element("span", { class: relation });
      part.style.height = height ? `max(2px, ${100 * height / most}%)` : "0";
      bar.append(part);
    }
    find("bands").append(bar);
  });
  if (config.threshold === null) {
    find("threshold").hidden = true;
  } else {
    find("threshold").style.insetInlineStart = percent(config.threshold);
    find("threshold").append(element("span", {}, `threshold ${config.threshold}`));
  }
  find("caption").append("Jaccard similarity to the kept text. Exact ones, at 1, are not drawn.");
}

// --- What is shown -------------------------------------------------------------------------------------------------

const searched = { cluster: [], variant: [] };  // made when first needed
const plain = text => (text ?? "").normalize("NFKC").toLowerCase();

function selected() {
  const words = plain(state.q).split(/\s+/).filter(Boolean), file = plain(state.file);
  const from = file && names.map(name => plain(name).includes(file));
  const passes = (variant, cluster) => {
    if (state.relation && variants.relation[variant] !== state.relation) return false;
    if (state.words && fate[variant] !== state.words) return false;
    if (state.band && band[variant] !== Number(state.band)) return false;
    if (!words.length) return true;
    const inKept = searched.cluster[cluster] ??= plain(clusters.text[cluster]);
    const inGone = searched.variant[variant] ??= plain(variants.text[variant]);
    return words.every(word => inKept.includes(word) || inGone.includes(word));
  };
  const found = [];
  for (let cluster = 0; cluster < clusters.text.length; cluster++) {
    const chosen = { cluster, variants: [], size: 0, similarity: 1 };
    for (const variant of variantsOf(cluster)) {
      if (!passes(variant, cluster)) continue;
      const rows = from ? removalsOf(variant).filter(row => from[removals.name[row]]) : removalsOf(variant);
      if (!rows.length) continue;
      chosen.variants.push({ variant, rows });
      chosen.size += rows.length;
      if (band[variant] >= 0) chosen.similarity = Math.min(chosen.similarity, variants.similarity[variant]);
    }
    if (chosen.size) found.push(chosen);
  }
  if (state.order === "size") found.sort((a, b) => b.size - a.size || a.cluster - b.cluster);
  if (state.order === "alike") found.sort((a, b) => a.similarity - b.similarity || a.cluster - b.cluster);
  return found;
}

// As many of the items as are shown at first, and a button for more.
function some(parent, holder, items, first, step, make) {
  let done = 0;
  if (items.length === first + 1) first++;
  const button = element("button", { type: "button" }), last = element(holder, { class: "more" }, " ", button);
  const add = number => {
    const begin = done;
    last.before(...items.slice(begin, done += number).map((item, place) => make(item, begin + place)));
    const left = items.length - done;
    if (left > 0) button.textContent = `${left > step ? `${step} of ` : ""}${said(left)} more`;
    else last.remove();
  };
  parent.append(last);
  add(first);
  button.addEventListener("click", () => {
    const cluster = button.closest(".cluster");
    add(step);
    if (!button.isConnected) cluster.focus();
  });
  return parent;
}

function place(name, numbers) {
  const named = element("span", {}, element("bdi", {}, names[name]), ` ${unit}${numbers.length > 1 ? "s" : ""} `);
  return some(named, "span", numbers, 10, 1000, (number, nth) => element("span", {}, `${nth ? ", " : ""}${number}`));
}

function variantItem(cluster, { variant, rows }) {
  const relation = variants.relation[variant], text = variants.text[variant], diff = variants.diff[variant];
  const by = new Map();
  for (const row of rows) {
    const name = removals.name[row];
    if (!by.has(name)) by.set(name, []);
    by.get(name).push(removals.paragraph[row]);
  }
  const why = element("p", { class: `why ${relation}` }, element("b", {}, relation));
  if (band[variant] >= 0) why.append(` ${variants.similarity[variant].toFixed(2)}`);
  why.append(" · ", element("bdi", {}, variants.reason[variant]));
  const item = element("li", { class: "variant" }, why);
  const words = diff ? changes(text, diff) : [text];
  if (text !== null) item.append(element("p", { class: "text", dir: "auto" }, ...words));
  const from = element("p", { class: "from" }, rows.length > 1 ? `${said(rows.length)} times: ` : "");
  item.append(some(from, "span", [...by], 3, 100, ([name, numbers], nth) =>
    element("span", {}, nth ? "; " : "", place(name, numbers))));
  for (const row of [...rows].filter(row => around.has(row)).slice(0, 3)) item.append(neighbours(around.get(row)));
  return item;
}

// Where it stood: a cell among cells looks like one.
function neighbours(number) {
  const [before, after] = [data.around.before[number], data.around.after[number]];
  const text = (words, none) => words === null ? element("i", {}, none) : element("bdi", {}, words);
  return element("p", { class: "around" }, element("strong", {}, "before"), " ", text(before, "the beginning"), " ",
    element("strong", {}, "after"), " ", text(after, "the end"));
}

function clusterItem({ cluster, variants: chosen, size }) {
  const name = clusters.name[cluster], text = clusters.text[cluster];
  const kept = name < 0 ? "boilerplate" : place(name, [clusters.paragraph[cluster]]);
  const title = element("h3", {}, name < 0 ? "" : "kept: ", kept);
  const what = data.done ? " removed" : " could be removed";
  const number = element("p", { class: "number" }, element("b", {}, said(size)), what);
  chosen.sort((a, b) => b.rows.length - a.rows.length);
  const list = some(element("ul"), "li", chosen, 3, 50, one => variantItem(cluster, one));
  const shown = text === null ? element("p", { class: "quiet" }, "This run did not read it.")
    : element("p", { class: "text kept", dir: "auto" }, text);
  return element("li", { class: "cluster", tabindex: "-1" }, element("header", {}, title, number), shown, list);
}

const SHOWN = 20;

function summary(found) {
  if (!found.length) return "Nothing to show";
  const kept = found.filter(({ cluster }) => clusters.name[cluster] >= 0).length;
  const parts = [many(found.reduce((sum, { size }) => sum + size, 0), "removal")];
  if (kept) parts.push(`for ${many(kept, "kept " + unit)}`);
  if (kept < found.length) parts.push(`of ${many(found.length - kept, "text")} of boilerplate`);
  return parts.join(", ");
}

function show() {
  const found = selected();
  const pages = Math.max(1, Math.ceil(found.length / SHOWN));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(state.page)) || 1));
  state.page = String(page);
  find("clusters").replaceChildren(...found.slice((page - 1) * SHOWN, page * SHOWN).map(clusterItem));
  const bandSaid = state.band && `similarity ${range(Number(state.band))}`;
  const only = [state.relation, fates[state.words]?.[0], bandSaid].filter(Boolean);
  find("count").textContent = summary(found) + (only.length ? `; only: ${only.join(", ")}` : "");
  find("all").hidden = !(only.length || state.q || state.file);
  find("page").textContent = `${said(page)} of ${said(pages)}`;
  find("back").disabled = page === 1;
  find("on").disabled = page === pages;
  for (const button of document.querySelectorAll("[data-key]"))
    button.setAttribute("aria-pressed", state[button.dataset.key] === button.dataset.value);
}

function turn(by) {
  choose({ page: String(Number(state.page) + by) });
  const shown = find("clusters").children;
  const first = shown[by < 0 ? shown.length - 1 : 0];
  first?.focus({ preventScroll: true });
  (by < 0 ? first : find("list"))?.scrollIntoView({ block: "start" });
}

function go(by) {
  const shown = [...find("clusters").children], place = shown.findIndex(item => item.contains(document.activeElement));
  const next = place < 0 ? 0 : place + by;
  if (shown[next]) {
    shown[next].focus({ preventScroll: true });
    shown[next].scrollIntoView({ block: "start" });
  } else if (!find(by < 0 ? "back" : "on").disabled) turn(by);
}

// --- What is done --------------------------------------------------------------------------------------------------

let waiting;
for (const id of ["q", "file"]) find(id).addEventListener("input", event => {
  clearTimeout(waiting);
  waiting = setTimeout(() => choose({ [id]: event.target.value }), 150);
  if (id === "file") {
    const typed = plain(event.target.value), fitting = typed ? names.filter(name => plain(name).includes(typed)) : [];
    find("names").replaceChildren(...fitting.slice(0, 20).map(name => element("option", { value: name })));
  }
});
find("order").addEventListener("change", event => choose({ order: event.target.value }));
find("all").addEventListener("click", () => {
  find("q").value = find("file").value = "";
  choose({ ...defaults, order: state.order });
});
find("back").addEventListener("click", () => turn(-1));
find("on").addEventListener("click", () => turn(1));
document.querySelector("form").addEventListener("submit", event => event.preventDefault());
find("overview").addEventListener("click", event => {
  const button = event.target.closest("[data-key]");
  if (!button) return;
  const { key, value } = button.dataset;
  choose({ [key]: state[key] === value ? "" : value });
});
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const typing = event.target.closest("input, select");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing) return;
  if (event.key === "/") find("q").focus();
  else if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else return;
  event.preventDefault();
});
addEventListener("hashchange", () => { read(); show(); });

totalsShown();
relationsShown();
bandsShown();
fatesShown();
read();
show();
