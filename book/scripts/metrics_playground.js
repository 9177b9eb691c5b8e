// A ranking to play with: hits are dragged along it, and every definition of "mAP" changes as its own formula says.
// Without this script a `.zsr-ranking` shows the words that the page has put there.

const START = [1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0];
const sum = (values) => values.reduce((total, each) => total + each, 0);

/** Precision at each rank of a ranking of zeros and ones. @param {number[]} ranking */
const precisions = (ranking) => ranking.map((_, place) => sum(ranking.slice(0, place + 1)) / (place + 1));

/** Sum of the precisions at the hits of the first k ranks; interpolated, of the best at or after each hit. */
function mass(ranking, k, interpolated) {
  const at = precisions(ranking).slice(0, k);
  const best = (place) => (interpolated ? Math.max(...at.slice(place).filter((_, on) => ranking[place + on])) : at[place]);
  return sum(at.map((_, place) => (ranking[place] ? best(place) : 0)));
}

/**
 * Eleven numbers of one ranking, by the names that the library gives them.
 * @param {number[]} ranking The whole gallery, best first: 1 where a photo is right.
 * @param {number} k Where it is cut.
 * @returns {Record<string, number>}
 */
export function metrics(ranking, k) {
  const all = ranking.length, right = sum(ranking), found = sum(ranking.slice(0, k)), at = precisions(ranking);
  const cut = mass(ranking, k, false);
  return {
    "AP@all/std": mass(ranking, all, false) / right,
    "AP@all/voc": mass(ranking, all, true) / right,
    [`AP@${k}/std/rel_in_k`]: found ? cut / found : 0,
    [`AP@${k}/std/min_r_k`]: cut / Math.min(right, k),
    [`AP@${k}/std/k`]: cut / k,
    [`AP@${k}/std/r`]: cut / right,
    [`AP@${k}/voc/min_r_k`]: mass(ranking, k, true) / Math.min(right, k),
    [`P@${k}/k`]: found / k,
    [`P@${k}/min_r_k`]: at[Math.min(right, k) - 1],
    "R-precision": at[right - 1],
    "meanP@10..20/legacy": (at[9] + at[19]) / 2,
  };
}

/** An element with properties and children. */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Twenty photos in a row, a cut, and a bar for each metric. */
export class Playground {
  /** @param {HTMLElement} home Gets the playground in place of its words. */
  constructor(home) {
    this.ranking = [...START];
    this.photos = this.ranking.map((_, place) => this.#photo(place));
    this.list = element("div", { className: "zsr-ranking-photos", role: "group", ariaLabel: "the ranking, best first" });
    this.list.append(...this.photos);
    this.cut = element("input", { type: "range", min: "1", max: String(START.length), value: "10" });
    this.cutText = element("output");
    this.cut.oninput = () => this.show();
    const again = element("button", { type: "button", textContent: "as at the start" });
    again.onclick = () => this.#become([...START]);
    const perfect = element("button", { type: "button", textContent: "hits first" });
    perfect.onclick = () => this.#become([...this.ranking].sort((one, other) => other - one));
    const label = element("label", {}, "cut-off k ", this.cut, this.cutText);
    this.bars = element("dl", { className: "zsr-ranking-metrics" });
    home.replaceChildren(this.list, element("div", { className: "zsr-ranking-choices" }, label, perfect, again), this.bars);
    this.show();
  }

  /** A photo that is dragged with the pointer, moved with the arrow keys, and turned from wrong to right by a click. */
  #photo(place) {
    const photo = element("button", { type: "button" });
    photo.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#move(place, place + step);
    };
    photo.onpointerdown = (event) => {
      photo.setPointerCapture(event.pointerId);
      this.dragged = { from: place, moved: false };
    };
    photo.onpointermove = (event) => {
      if (!this.dragged) return;
      const over = this.photos.indexOf(document.elementFromPoint(event.clientX, event.clientY));
      if (over < 0 || over === this.dragged.from) return;
      this.#move(this.dragged.from, over);
      this.dragged = { from: over, moved: true };
    };
    photo.onpointerup = photo.onpointercancel = () => {
      this.wasMoved = this.dragged?.moved;
      this.dragged = undefined;
    };
    photo.onclick = () => {
      if (!this.wasMoved) this.#turn(place);
      this.wasMoved = false;
    };
    return photo;
  }

  #become(ranking) {
    this.ranking = ranking;
    this.show();
  }

  /** The photo at one place goes to another; those between make room. */
  #move(from, to) {
    if (to < 0 || to >= this.ranking.length) return;
    this.ranking.splice(to, 0, ...this.ranking.splice(from, 1));
    this.photos[to].focus();
    this.show();
  }

  /** Wrong becomes right and right wrong; one photo stays right, since nothing can be found where nothing is. */
  #turn(place) {
    const turned = this.ranking.with(place, 1 - this.ranking[place]);
    if (sum(turned)) this.#become(turned);
  }

  /** Shows the ranking, and by how much each number has changed. */
  show() {
    const k = Number(this.cut.value);
    this.cutText.value = String(k);
    for (const [place, photo] of this.photos.entries()) {
      const right = this.ranking[place] === 1;
      photo.textContent = right ? "✓" : "·";
      photo.className = `${right ? "right" : "wrong"}${place < k ? "" : " below"}`;
      photo.ariaLabel = `rank ${place + 1}, ${right ? "right" : "wrong"}${place < k ? "" : ", below the cut"}`;
    }
    const before = this.values, now = metrics(this.ranking, k);
    this.values = Object.values(now);
    this.bars.replaceChildren(...Object.entries(now).flatMap(([name, value], row) => {
      const change = before ? value - before[row] : 0;
      const arrow = Math.abs(change) < 0.0005 ? "" : change > 0 ? " ↑" : " ↓";
      const bar = element("span", { className: "bar" });
      bar.style.inlineSize = `${100 * value}%`;
      return [element("dt", { textContent: name }), element("dd", {}, bar, element("b", { textContent: value.toFixed(3) + arrow }))];
    }));
  }
}

for (const home of document.querySelectorAll(".zsr-ranking")) new Playground(/** @type {HTMLElement} */ (home));
