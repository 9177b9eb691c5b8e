// One photo, enlarged, and which part of the drawing found it: a white square is moved across the drawing, and at each
// place the rest is embedded again. Where the match gets worse, the system had looked.
import { SIDE } from "./sketch_pad.js";
import { element, photoOf } from "./draw_a_query_parts.js";

const CELLS = 8;
const HIDDEN = 2; // cells that are hidden at a time, in each direction
const ORANGE = "230, 159, 0";

/** A dialog for the photo of one search. */
export class PhotoDialog {
  /** @param {{about: object, drawing: Uint8ClampedArray, encoder: object, codes: object}} query */
  constructor(query) {
    this.query = query;
    this.title = element("h3");
    this.photo = element("div", { className: "zsr-draw-large" });
    this.canvas = element("canvas", { className: "zsr-draw-large", width: SIDE, height: SIDE, role: "img" });
    this.canvas.setAttribute("aria-label", "the drawing, tinted where it mattered");
    this.told = element("p", { role: "status" });
    const close = element("button", { type: "button", textContent: "close", onclick: () => this.root.close() });
    const both = element("div", { className: "zsr-draw-pair" }, this.photo, this.canvas);
    this.root = element("dialog", { className: "zsr-draw-dialog" }, this.title, both, this.told, close);
    this.root.addEventListener("click", (event) => event.target === this.root && this.root.close());
  }

  /** @param {{row: number, score: number}} hit */
  async open({ row, score }) {
    const { about, codes, drawing } = this.query;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.title.textContent = `${about.classes[about.photos.labels[row]].name}, score ${score.toFixed(2)}`;
    const picture = photoOf(row, about);
    this.photo.replaceChildren(picture);
    this.#paint(drawing);
    this.root.showModal();
    this.told.textContent = "Looking what of the drawing mattered …";
    const losses = new Float64Array(CELLS * CELLS);
    for (const [cell, hidden] of this.#hidings(drawing)) {
      const code = await this.query.encoder.code(hidden);
      if (!this.root.open || turn !== this.turn) return;
      const [other] = code ? codes.nearest(code, 1, (each) => each === row) : [{ score: 0 }];
      for (const each of this.#covered(cell)) losses[each] += Math.max(0, score - other.score);
    }
    this.losses = losses;
    this.#paint(drawing, losses);
    this.told.textContent = "Orange: without this part of the drawing, the photo matches worse.";
  }

  /** Cells that hold ink, with the drawing in which the square there is white. */
  *#hidings(drawing) {
    const cell = SIDE / CELLS;
    for (let at = 0; at < CELLS * CELLS; at++) {
      const hidden = drawing.slice();
      let ink = false;
      for (let y = 0; y < HIDDEN * cell; y++) {
        for (let x = 0; x < HIDDEN * cell; x++) {
          const [column, row] = [(at % CELLS) * cell + x, Math.floor(at / CELLS) * cell + y];
          if (column >= SIDE || row >= SIDE) continue;
          const place = 4 * (row * SIDE + column);
          ink ||= hidden[place] < 128;
          hidden.fill(255, place, place + 3);
        }
      }
      if (ink) yield [at, hidden];
    }
  }

  #covered(at) {
    const found = [];
    for (let dy = 0; dy < HIDDEN; dy++) {
      for (let dx = 0; dx < HIDDEN; dx++) {
        if ((at % CELLS) + dx < CELLS && Math.floor(at / CELLS) + dy < CELLS) found.push(at + dy * CELLS + dx);
      }
    }
    return found;
  }

  #paint(drawing, losses = new Float64Array(CELLS * CELLS)) {
    const context = this.canvas.getContext("2d");
    context.putImageData(new ImageData(drawing.slice(), SIDE, SIDE), 0, 0);
    const most = Math.max(...losses) || 1;
    losses.forEach((loss, at) => {
      context.fillStyle = `rgba(${ORANGE}, ${(0.75 * loss) / most})`;
      context.fillRect(((at % CELLS) * SIDE) / CELLS, (Math.floor(at / CELLS) * SIDE) / CELLS, SIDE / CELLS, SIDE / CELLS);
    });
  }
}
