// Tables that readers sort and filter: published numbers, the leaderboard, every number. sortable-tablesort sorts on clicks in a head and
// sets aria-sort; here each heading becomes a button, so that the keyboard can click it, and rows can be chosen by columns,
// by what their whole table is about (data-facets) and by words.
const regions = [...document.querySelectorAll(".published")];
const first = regions[0].dataset;
const preset = JSON.parse(first.preset ?? "{}");
const tables = regions.map((region) => {
  const table = region.querySelector("table");
  return { region, heads: [...table.tHead.rows[0].cells], facets: JSON.parse(region.dataset.facets ?? "{}"), table };
});
const rows = tables.flatMap((from) => {
  const columns = Object.fromEntries(from.heads.map((head, column) => [head.textContent, column]));
  return [...from.table.tBodies[0].rows].map((row) => ({ row, from, columns, text: row.textContent.toLowerCase() }));
});

// What a row says about one of the things that can be chosen.
const said = ({ row, from, columns }, name) => from.facets[name] ?? row.cells[columns[name]]?.textContent.trim() ?? "";

for (const head of tables.flatMap((from) => from.heads)) {
  if (head.classList.contains("no-sort")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
}

const controls = document.querySelector(".published-controls");
const chosen = document.createElement("output");

function labelled(control, text) {
  const label = document.createElement("label");
  label.append(text, control);
  controls.append(label);
  control.addEventListener("input", choose);
  return control;
}

function listOf(name) {
  const values = new Set(rows.map((row) => said(row, name)));
  const list = document.createElement("select");
  list.append(new Option("all", ""), ...[...values].filter(Boolean).sort().map((value) => new Option(value)));
  list.value = values.has(preset[name]) ? preset[name] : "";
  return [name, labelled(list, name)];
}

function choose() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = lists.filter(([, list]) => list.value);
  const full = new Set();
  let count = 0;
  for (const each of rows) {
    const fits = wanted.every(([name, list]) => said(each, name) === list.value);
    each.row.hidden = !(fits && words.every((word) => each.text.includes(word)));
    if (each.row.hidden) continue;
    count += 1;
    full.add(each.from);
  }
  for (const from of tables) {
    const board = from.region.closest(".board") ?? from.region;
    board.hidden = tables.length > 1 && !full.has(from);
    if (board.tagName === "DETAILS") board.open = wanted.length + words.length > 0;
  }
  chosen.value = `${count} of ${rows.length} ${first.what ?? "numbers"}`;
}

const filters = tables.flatMap((from) => from.heads.filter((head) => head.classList.contains("filter")));
const names = [...tables.flatMap((from) => Object.keys(from.facets)), ...filters.map((head) => head.textContent)];
const lists = [...new Set(names)].map(listOf);
const search = labelled(document.createElement("input"), "words");
search.type = "search";
controls.append(chosen);
controls.classList.add("ready");
choose();

// A link to a chapter's folded table opens it.
function unfold() {
  const folded = location.hash && document.getElementById(location.hash.slice(1))?.closest("section")?.querySelector("details.board");
  if (folded) folded.open = true;
}
addEventListener("hashchange", unfold);
unfold();
