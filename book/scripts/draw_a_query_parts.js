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

/** A piece of the picture of all thumbnails. @param {number} row @param {object} about The manifest. */
export function photoOf(row, { sprite, photos, classes }) {
  const { columns } = sprite;
  const rows = Math.ceil(photos.ids.length / columns);
  const share = (at, of) => `${of > 1 ? (100 * at) / (of - 1) : 0}%`;
  const picture = element("div", { className: "zsr-draw-photo", role: "img", title: photos.ids[row] });
  picture.setAttribute("aria-label", `photo of class ${classes[photos.labels[row]].name}`);
  picture.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  picture.style.backgroundPosition = `${share(row % columns, columns)} ${share(Math.floor(row / columns), rows)}`;
  return picture;
}

/** Photos that were found: a photo that stays keeps its element, which moves to its new place. */
export class ResultList {
  /** @param {object} about The manifest. @param {(hit: object) => void} choose Hears of clicks. */
  constructor(about, choose) {
    this.about = about;
    this.choose = choose;
    this.tiles = new Map();
    this.root = element("ol", { className: "zsr-draw-results" });
    this.root.setAttribute("aria-label", "photos found, best first");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** @param {{row: number, score: number}[]} found Best first. */
  show(found) {
    const former = new Map([...this.tiles].map(([row, tile]) => [row, tile.getBoundingClientRect()]));
    const tiles = new Map(found.map((hit) => [hit.row, this.tiles.get(hit.row) ?? this.#tile(hit.row)]));
    for (const [row, tile] of this.tiles) if (!tiles.has(row)) tile.remove();
    found.forEach((hit, place) => {
      const tile = tiles.get(hit.row);
      tile.hit = hit;
      tile.told.textContent = `${place + 1}. ${this.#class(hit.row).name}`;
      tile.score.textContent = hit.score.toFixed(2);
      if (this.root.children[place] !== tile) this.root.insertBefore(tile, this.root.children[place] ?? null);
    });
    this.tiles = tiles;
    if (!this.still.matches) this.#move(former);
  }

  #move(former) {
    for (const [row, tile] of this.tiles) {
      const [before, now] = [former.get(row), tile.getBoundingClientRect()];
      const start = before
        ? { transform: `translate(${before.left - now.left}px, ${before.top - now.top}px)` }
        : { opacity: 0 };
      if (before && before.left === now.left && before.top === now.top) continue;
      tile.animate([start, {}], { duration: 160, easing: "ease-out" });
    }
  }

  #class(row) {
    return this.about.classes[this.about.photos.labels[row]];
  }

  #tile(row) {
    const told = element("span", { className: "zsr-draw-class" });
    const score = element("span", { className: "zsr-draw-score" });
    const button = element("button", { type: "button", title: "enlarge" }, photoOf(row, this.about));
    const tile = element("li", {}, button, told, score);
    button.onclick = () => this.choose(tile.hit);
    if (this.#class(row).seen === false) {
      tile.append(element("span", { className: "zsr-draw-unseen", textContent: "unseen" }));
    }
    tile.dataset.row = String(row);
    return Object.assign(tile, { told, score });
  }
}

/** How many of the photos found are of which class. */
export class VoteBar {
  /** @param {object} about The manifest. */
  constructor(about) {
    this.about = about;
    this.root = element("div", { className: "zsr-draw-votes", role: "img" });
  }

  /** @param {{row: number}[]} found */
  show(found) {
    const votes = new Map();
    for (const { row } of found) {
      const { name } = this.about.classes[this.about.photos.labels[row]];
      votes.set(name, (votes.get(name) ?? 0) + 1);
    }
    const sorted = [...votes].sort(([, one], [, other]) => other - one);
    this.root.setAttribute("aria-label", sorted.map(([name, count]) => `${name}: ${count}`).join(", ") || "no photos");
    const parts = sorted.map(([name, count]) => {
      const part = element("span", { textContent: `${name} ${count}`, title: `${name}: ${count} of ${found.length}` });
      part.style.flexGrow = String(count);
      return part;
    });
    this.root.replaceChildren(...parts);
  }
}
