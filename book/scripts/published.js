// The table of published numbers. sortable-tablesort sorts on clicks in its head and sets aria-sort; here each heading
// becomes a button, so that the keyboard can click it, and rows can be chosen by column and by words.
const region = document.querySelector(".published");
const table = region.querySelector("table");
const heads = [...table.tHead.rows[0].cells];
const cellText = (row, column) => row.cells[column].textContent.trim();

for (const head of heads) {
  if (head.classList.contains("no-sort")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
}

const controls = document.createElement("div");
controls.className = "published-controls";
controls.setAttribute("role", "search");
const chosen = document.createElement("output");

function labelled(control, text) {
  const label = document.createElement("label");
  label.append(text, control);
  controls.append(label);
  control.addEventListener("input", choose);
  return control;
}

function listOf(head) {
  const column = heads.indexOf(head);
  const values = new Set([...table.tBodies[0].rows].map((row) => cellText(row, column)));
  const list = document.createElement("select");
  list.append(new Option("all", ""), ...[...values].sort().map((value) => new Option(value)));
  return [column, labelled(list, head.textContent)];
}

function choose() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...table.tBodies[0].rows];
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const fits = lists.every(([column, list]) => !list.value || cellText(row, column) === list.value);
    row.hidden = !(fits && words.every((word) => text.includes(word)));
  }
  chosen.value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} numbers`;
}

const lists = heads.filter((head) => head.classList.contains("filter")).map(listOf);
const search = labelled(document.createElement("input"), "words");
search.type = "search";
controls.append(chosen);
region.before(controls);
choose();
