// The sketch pad: one plain ES module for live notebooks (anywidget) and for the static page.
//
// A drawing is a list of strokes on a square of SIDE × SIDE; what is seen is drawn from them at the screen's resolution,
// what is searched with is drawn from them at SIDE × SIDE, black on white, whatever the screen and the colour scheme.

export const SIDE = 256;
const WIDTHS = [2, 4, 8, 16];
const STEP = 8;

/** @typedef {{tool: "pen" | "eraser", width: number, points: [number, number][]}} Stroke */

/**
 * A square that is drawn on; sends "change" when a stroke ends and whenever the drawing is another one, and "draw" at
 * most once a frame while a stroke is drawn.
 */
export class SketchPad extends EventTarget {
  /**
   * @param {HTMLElement} home Where the pad is put.
   * @param {{examples?: {name: string, url?: string, lines?: number[][][]}[], label?: string}} options Pictures or
   * strokes to pick from; name of the pad.
   */
  constructor(home, options = {}) {
    super();
    this.strokes = /** @type {Stroke[]} */ ([]);
    this.undone = /** @type {Stroke[]} */ ([]);
    this.picture = /** @type {ImageBitmap | null} */ (null);
    this.tool = "pen";
    this.width = 4;
    this.current = /** @type {Stroke | null} */ (null);
    this.film = /** @type {Stroke[] | null} */ (null);
    this.cursor = [SIDE / 2, SIDE / 2];
    this.#build(home, options);
    this.#listen();
    this.draw();
  }

  /** Whether nothing is drawn and no picture was put in. */
  get empty() {
    return this.picture === null && !this.strokes.some((stroke) => stroke.tool === "pen");
  }

  /** SIDE × SIDE RGBA bytes, opaque: black lines on white. */
  raster() {
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    this.#paint(context, 1, "#000", "#fff");
    return context.getImageData(0, 0, SIDE, SIDE).data;
  }

  /** The same as a PNG file. @returns {Promise<Blob>} */
  png() {
    const canvas = new OffscreenCanvas(SIDE, SIDE);
    this.#paint(canvas.getContext("2d"), 1, "#000", "#fff");
    return canvas.convertToBlob({ type: "image/png" });
  }

  /** Takes the last stroke back. */
  undo() {
    if (this.strokes.length === 0) return;
    this.undone.push(this.strokes.pop());
    this.#changed("Last stroke taken back.");
  }

  /** Brings back what `undo` took. */
  redo() {
    if (this.undone.length === 0) return;
    this.strokes.push(this.undone.pop());
    this.#changed("Stroke drawn again.");
  }

  /** An empty square. */
  clear() {
    this.strokes = [];
    this.undone = [];
    this.picture = null;
    this.#changed("The pad is empty.");
  }

  /** Puts strokes on the pad in place of what is there. @param {Stroke[]} strokes */
  load(strokes) {
    this.picture = this.current = null;
    this.strokes = structuredClone(strokes);
    this.undone = [];
    this.#changed(counted(strokes.length));
  }

  /** The pen's strokes as Quick, Draw! has them: columns and rows of points, whole numbers. @returns {number[][][]} */
  get lines() {
    const pens = this.strokes.filter((stroke) => stroke.tool === "pen");
    return pens.map(({ points }) => [0, 1].map((axis) => points.map((point) => Math.min(SIDE - 1, Math.round(point[axis])))));
  }

  /** Puts such strokes on the pad, drawn with the pen's present width. @param {number[][][]} lines */
  loadLines(lines) {
    this.load(strokesOf(lines, this.width));
  }

  /** Shows how it was drawn; what changes the drawing ends the film. @param {number} pace Milliseconds a point. */
  async replay(pace = 8) {
    const strokes = structuredClone(this.strokes);
    const turn = (this.replayed = (this.replayed ?? 0) + 1);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still || this.picture || !strokes.length) return;
    const film = (this.film = []); // what is drawn meanwhile; the strokes themselves stay
    for (const stroke of strokes) {
      const shown = { ...stroke, points: [] };
      film.push(shown);
      for (const point of stroke.points) {
        shown.points.push(point);
        this.draw();
        await new Promise((done) => setTimeout(done, pace));
        if (turn !== this.replayed || this.film !== film) return;
      }
    }
    this.film = null;
    this.draw();
  }

  /** Gives the drawing to the browser's downloads as a PNG file. */
  async save() {
    const address = URL.createObjectURL(await this.png());
    Object.assign(document.createElement("a"), { href: address, download: "drawing.png" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    this.say("The drawing was saved as drawing.png.");
  }

  /** Puts a picture on the pad, squeezed into the square as all pictures are. @param {Blob} file */
  async put(file) {
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      this.say("This file is no picture that the browser can show. Try a PNG or JPEG.");
      return;
    }
    this.strokes = [];
    this.undone = [];
    this.picture = picture;
    this.#changed("A picture was put on the pad.");
  }

  /** Tells something to whoever sees or hears the page. @param {string} text */
  say(text) {
    this.status.textContent = text;
  }

  /** Draws what is seen. */
  draw() {
    const ratio = globalThis.devicePixelRatio || 1;
    const side = Math.max(1, Math.round(this.canvas.clientWidth * ratio)) || SIDE;
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const style = getComputedStyle(this.canvas);
    const context = this.canvas.getContext("2d");
    // A picture brings its own white paper: strokes over it are black in the dark, too.
    const [ink, paper] = this.picture ? ["#000", "#fff"] : [style.color, style.backgroundColor];
    this.#paint(context, side / SIDE, ink, paper, this.film ?? this.strokes);
    if (document.activeElement === this.canvas && this.keys) this.#cross(context, side / SIDE, ink);
  }

  #build(home, { examples = [], label = "Sketch pad" }) {
    const make = (tag, properties = {}, ...children) => {
      const element = Object.assign(document.createElement(tag), properties);
      element.append(...children);
      return element;
    };
    const button = (name, title, action, text) => {
      const made = make("button", { type: "button", title, textContent: text ?? name, onclick: action });
      made.dataset.action = name;
      return made;
    };
    this.canvas = make("canvas", { className: "zsr-pad-canvas", tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `${label}. Arrow keys move the pen, space puts it down and lifts it.`);
    this.status = make("p", { className: "zsr-pad-status" });
    this.status.setAttribute("role", "status");
    this.tools = ["pen", "eraser"].map((name) => button(name, name, () => this.#choose(name)));
    this.widths = make("select", { title: "stroke width" }, ...WIDTHS.map((each) => new Option(`${each} px`, String(each))));
    this.widths.setAttribute("aria-label", "stroke width");
    this.widths.value = String(this.width);
    this.widths.onchange = () => (this.width = Number(this.widths.value));
    this.back = button("undo", "take the last stroke back (Ctrl+Z)", () => this.undo());
    this.again = button("redo", "draw it again (Ctrl+Shift+Z)", () => this.redo());
    this.player = button("replay", "see how it was drawn", () => this.replay());
    this.keep = button("save", "download the drawing as a PNG file", () => this.save());
    const file = make("input", { type: "file", accept: "image/*", hidden: true });
    file.onchange = () => {
      if (file.files.length) this.put(file.files[0]);
      file.value = "";
    };
    const bar = make(
      "div",
      { className: "zsr-pad-bar" },
      ...this.tools,
      this.widths,
      this.back,
      this.again,
      button("clear", "an empty pad", () => this.clear()),
      this.player,
      this.keep,
      button("upload", "a picture from a file; pasting one works, too", () => file.click()),
      file,
    );
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "drawing tools");
    if (examples.length) {
      this.examples = make("select", {}, new Option("example …", ""), ...examples.map((each, place) => new Option(each.name, String(place))));
      this.examples.setAttribute("aria-label", "examples");
      this.examples.onchange = () => this.#example(examples[Number(this.examples.value)]);
      bar.append(this.examples);
    }
    this.root = make("div", { className: "zsr-pad" }, this.canvas, bar, this.status);
    home.append(this.root);
    this.back.disabled = this.again.disabled = this.player.disabled = this.keep.disabled = true;
    this.#choose("pen");
  }

  #listen() {
    const { canvas, root } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      this.keys = false;
      canvas.setPointerCapture(event.pointerId);
      this.pointer = event.pointerId;
      this.#begin(this.#place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer || !this.current) return;
      const events = event.getCoalescedEvents?.() ?? [];
      for (const each of events.length ? events : [event]) this.#go(this.#place(each));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => {
        if (event.pointerId !== this.pointer) return;
        this.pointer = null;
        this.#end();
      });
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.#end());
    root.addEventListener("paste", (event) => {
      const item = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
      if (item) this.put(item);
    });
    root.addEventListener("dragover", (event) => event.preventDefault());
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) this.put(event.dataTransfer.files[0]);
    });
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    // Books and JupyterLab have switches of their own; while they turn them, for a moment nothing has a size.
    this.theme = new MutationObserver(() => requestAnimationFrame(() => this.draw()));
    for (const element of [document.documentElement, document.body]) {
      this.theme.observe(element, { attributeFilter: ["data-theme", "data-jp-theme-light"] });
    }
  }

  #key(event) {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z") {
      event.shiftKey ? this.redo() : this.undo();
    } else if (control && event.key.toLowerCase() === "y") {
      this.redo();
    } else if (control) {
      return;
    } else if (event.key in moves) {
      const fine = event.shiftKey ? 1 / STEP : 1;
      this.cursor = this.cursor.map((each, axis) => clamp(each + moves[event.key][axis] * fine));
      if (this.current) this.#go([...this.cursor]);
    } else if (event.key === " ") {
      this.current ? this.#end() : this.#begin([...this.cursor]);
      this.say(this.current ? "Pen down." : "Pen up.");
    } else if (event.key === "Delete") {
      this.clear();
    } else {
      return;
    }
    this.keys = true;
    event.preventDefault();
    this.draw();
  }

  #choose(tool) {
    this.tool = tool;
    for (const each of this.tools) each.setAttribute("aria-pressed", String(each.dataset.action === tool));
  }

  /** Pictures are put on the pad; what has strokes is drawn before the reader's eyes. */
  async #example({ url, lines }) {
    this.examples.value = "";
    if (lines) {
      this.loadLines(lines);
      this.replay();
      return;
    }
    const answer = await fetch(url);
    if (answer.ok) await this.put(await answer.blob());
    else this.say("This example cannot be loaded.");
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [clamp(((event.clientX - box.left) / box.width) * SIDE), clamp(((event.clientY - box.top) / box.height) * SIDE)];
  }

  #begin(point) {
    this.current = { tool: this.tool, width: this.width, points: [point] };
    this.strokes.push(this.current);
    this.undone = [];
    this.film = null;
    this.draw();
  }

  #go(point) {
    this.current.points.push(point);
    this.cursor = point;
    this.draw();
    this.#tell();
  }

  /** Says that the drawing grows, once a frame. */
  #tell() {
    this.told ??= requestAnimationFrame(() => {
      this.told = undefined;
      this.dispatchEvent(new Event("draw"));
    });
  }

  #end() {
    if (!this.current) return;
    this.current = null;
    this.#changed(counted(this.strokes.length));
  }

  #changed(text) {
    this.film = null;
    this.back.disabled = this.strokes.length === 0;
    this.again.disabled = this.undone.length === 0;
    this.player.disabled = this.strokes.length === 0 || this.picture !== null;
    this.keep.disabled = this.empty;
    this.say(text);
    this.draw();
    this.dispatchEvent(new Event("change"));
  }

  #paint(context, scale, ink, paper, strokes = this.strokes) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = paper;
    context.fillRect(0, 0, SIDE, SIDE);
    if (this.picture) {
      context.fillStyle = "#fff"; // where a picture is transparent, there is paper
      context.fillRect(0, 0, SIDE, SIDE);
      context.imageSmoothingQuality = "high";
      context.drawImage(this.picture, 0, 0, SIDE, SIDE);
    }
    context.lineCap = context.lineJoin = "round";
    for (const { tool, width, points } of strokes) {
      context.strokeStyle = tool === "pen" ? ink : paper;
      context.lineWidth = tool === "pen" ? width : 4 * width;
      context.beginPath();
      context.moveTo(...points[0]);
      // A line to its own start makes a dot of a stroke that did not move.
      for (const point of points.length > 1 ? points.slice(1) : points) context.lineTo(...point);
      context.stroke();
    }
  }

  #cross(context, scale, ink) {
    const [x, y] = this.cursor;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.strokeStyle = ink;
    context.lineWidth = 1;
    context.beginPath();
    for (const [dx, dy] of [[6, 0], [0, 6]]) {
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }
}

/** Strokes of the pen from columns and rows of points. @param {number[][][]} lines @returns {Stroke[]} */
export function strokesOf(lines, width = 4) {
  return lines.map(([columns, rows]) => ({ tool: "pen", width, points: columns.map((x, place) => [x, rows[place]]) }));
}

function counted(number) {
  return number === 1 ? "1 stroke." : `${number} strokes.`;
}

function clamp(value) {
  return Math.min(SIDE, Math.max(0, value));
}

/** anywidget's entry: strokes and picture of the pad become traits of the Python side. */
export default {
  render({ model, el }) {
    const pad = new SketchPad(el, { examples: model.get("examples"), label: model.get("label") });
    let told = 0; // the newest drawing wins, whichever picture is ready first
    let telling = false;
    const tell = async () => {
      const turn = ++told;
      const strokes = structuredClone(pad.strokes); // a copy: the pad goes on drawing into its own
      const bytes = pad.empty ? new Uint8Array() : new Uint8Array(await (await pad.png()).arrayBuffer());
      if (turn !== told) return;
      telling = true;
      model.set("strokes", strokes);
      telling = false;
      model.set("png", new DataView(bytes.buffer));
      model.save_changes();
    };
    pad.addEventListener("change", tell);
    const load = () => {
      if (telling) return;
      if (JSON.stringify(model.get("strokes")) !== JSON.stringify(pad.strokes)) pad.load(model.get("strokes"));
    };
    model.on("change:strokes", load);
    if (model.get("strokes").length) pad.load(model.get("strokes"));
    return () => {
      model.off("change:strokes", load);
      pad.observer.disconnect();
      pad.theme.disconnect();
    };
  },
};
