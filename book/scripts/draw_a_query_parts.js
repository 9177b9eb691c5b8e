// Elements of "Draw a query".

/** @param {string} tag @param {object} properties @param {...(Node | string)} children */
export function element(tag, { role, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  if (role) made.setAttribute("role", role);
  made.append(...children);
  return made;
}

/** A list to choose from, inside its label. @param {string} text @param {HTMLOptionElement[]} options */
export function labelled(text, options) {
  const list = element("select", {}, ...options);
  element("label", {}, text, list);
  return list;
}

/**
 * One photo that was found: a piece of the picture of all thumbnails, its class and score.
 * @param {{row: number, score: number}} hit @param {number} place From 1. @param {object} about The manifest.
 */
export function resultTile({ row, score }, place, { sprite, photos, classes }) {
  const { name, seen } = classes[photos.labels[row]];
  const { columns } = sprite;
  const rows = Math.ceil(photos.ids.length / columns);
  const share = (at, of) => `${of > 1 ? (100 * at) / (of - 1) : 0}%`;
  const picture = element("div", { className: "zsr-draw-photo", role: "img", title: photos.ids[row] });
  picture.setAttribute("aria-label", `photo of class ${name}`);
  picture.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  picture.style.backgroundPosition = `${share(row % columns, columns)} ${share(Math.floor(row / columns), rows)}`;
  const told = element("span", { className: "zsr-draw-class", textContent: `${place}. ${name}` });
  const value = element("span", { className: "zsr-draw-score", textContent: score.toFixed(2) });
  const tile = element("li", {}, picture, told, value);
  if (seen === false) tile.append(element("span", { className: "zsr-draw-unseen", textContent: "unseen" }));
  tile.dataset.row = String(row);
  return tile;
}
