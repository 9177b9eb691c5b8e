// "Draw a query": every `.zsr-draw` on a page becomes a sketch pad with the photos that it finds. What is heavy is
// loaded when a reader comes near. Without this script the element shows the words that the page has put there.
import { SketchPad } from "./sketch_pad.js";
import { bytesOf, WorkerEncoder } from "./encoder.js";
import { Codes } from "./nearest.js";
import { element, labelled, ResultList, VoteBar } from "./draw_a_query_parts.js";
import { Challenge } from "./draw_a_query_challenge.js";
import { PhotoDialog } from "./draw_a_query_dialog.js";
import { addressOf, strokesIn } from "./shared_drawing.js";

const ASSETS = new URL("../query/", import.meta.url);
const COUNTS = [6, 12, 24, 48];
const GROUPS = { all: "all classes", seen: "classes seen in training", unseen: "unseen classes" };

/** Pad, choices and results in one element. */
class DrawAQuery {
  /** @param {HTMLElement} home @param {object} about The manifest. */
  constructor(home, about) {
    this.about = about;
    this.code = /** @type {Float32Array | null} */ (null);
    this.status = element("p", { className: "zsr-draw-status", role: "status" });
    this.dialog = new PhotoDialog(this);
    this.results = new ResultList(about, (hit) => this.dialog.open(hit));
    home.style.setProperty("--sprite", `url("${this.file(about.sprite.file)}")`);
    this.votes = new VoteBar(about);
    this.challenge = new Challenge(about);
    this.count = labelled("photos", COUNTS.map((each) => new Option(String(each))));
    this.count.value = "12";
    this.group = labelled("gallery", this.#groups());
    const left = element("div", { className: "zsr-draw-left" });
    const labels = [this.count, this.group].map((list) => list.parentElement);
    const choices = element("div", { className: "zsr-draw-choices" }, ...labels, this.challenge.root);
    const right = element("div", { className: "zsr-draw-right" }, this.status, this.votes.root, this.results.root);
    const credit = element("p", { className: "zsr-draw-credit", textContent: this.#credit() });
    home.replaceChildren(left, right, choices, credit, this.dialog.root);
    const examples = about.examples.map(({ name, file, lines }) => ({ name, lines, url: file && this.file(file).href }));
    this.pad = new SketchPad(left, { examples, label: "Draw a query" });
    this.pad.addEventListener("change", () => this.#changed());
    this.pad.addEventListener("draw", () => this.search());
    for (const choice of [this.count, this.group]) choice.addEventListener("change", () => this.show());
    this.challenge.root.addEventListener("change", () => this.show());
    new MutationObserver(() => this.pad.draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** Address of one of the assets, of this build and no other. @param {string} name */
  file(name) {
    return new URL(`${name}?${this.about.build}`, ASSETS);
  }

  /** Loads what a search needs, then searches what has been drawn meanwhile, or what the address brings along. */
  async load() {
    this.say("Loading the system …");
    const { encoder, codes } = this.about;
    const files = [WorkerEncoder.load(this.file(encoder.file), encoder), bytesOf(this.file(codes.file))];
    const [ready, bytes] = await Promise.all(files);
    this.codes = new Codes(bytes, codes);
    this.encoder = ready;
    this.say("Draw something, or take an example.");
    const shared = this.pad.empty && strokesIn(location.hash);
    if (shared) this.pad.load(shared); // which searches
    else await this.search();
  }

  /** Embeds the drawing and shows what is nearest; while one search runs, only the last of further ones is kept. */
  async search() {
    if (!this.encoder) return;
    if (this.running) {
      this.waiting = true;
      return;
    }
    this.running = true;
    try {
      do {
        this.waiting = false;
        await this.#once();
      } while (this.waiting);
    } catch (error) {
      this.say(`The search failed: ${error.message}`);
    } finally {
      this.running = false;
    }
  }

  /** Shows the photos nearest to the last code, of the chosen classes. */
  show() {
    if (!this.code) return;
    const { classes, photos } = this.about;
    const wanted = { all: () => true, seen: (known) => known, unseen: (known) => !known }[this.group.value];
    const allowed = (row) => wanted(classes[photos.labels[row]].seen);
    this.found = this.codes.nearest(this.code, Number(this.count.value), allowed);
    this.results.show(this.found);
    this.votes.show(this.found);
    const verdict = this.challenge.verdict(this.found);
    const told = `The ${this.found.length} nearest photos, found in ${Math.round(this.milliseconds)} ms.`;
    this.say(verdict ? `${verdict} ${told}` : told);
  }

  /** @param {string} text */
  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  #changed() {
    const address = addressOf(this.pad);
    if (address !== null) history.replaceState(null, "", address);
    this.search();
  }

  async #once() {
    const start = performance.now();
    const drawing = this.pad.empty ? null : this.pad.raster();
    this.code = drawing && (await this.encoder.code(drawing.slice()));
    this.drawing = drawing; // what the photos shown were found for
    if (!this.code) {
      this.results.show([]);
      this.votes.show([]);
      this.say(this.pad.empty ? "Draw something, or take an example." : "Nothing on the pad is darker than the paper.");
      return;
    }
    this.milliseconds = performance.now() - start;
    this.show();
  }

  #groups() {
    const known = this.about.classes.every(({ seen }) => seen !== null);
    const offered = known && new Set(this.about.classes.map(({ seen }) => seen)).size === 2;
    return Object.entries(GROUPS)
      .filter(([name]) => offered || name === "all")
      .map(([name, text]) => new Option(text, name));
  }

  #credit() {
    const { title, photos, classes, credit, system } = this.about;
    return `${photos.ids.length} photos of ${classes.length} classes: ${title} (${credit}). System: ${system}.`;
  }
}

async function start(home) {
  try {
    const manifest = new URL("manifest.json", ASSETS);
    const about = JSON.parse(new TextDecoder().decode(await bytesOf(manifest, { cache: "no-cache" })));
    const made = new DrawAQuery(home, about);
    home.query = made; // for whoever wants to ask it from the console
    await made.load();
    home.dataset.state = "ready";
  } catch (error) {
    home.dataset.state = "failed";
    const words = `Drawing a query does not work here: ${error.message} Loading the page again may help.`;
    home.append(element("p", { className: "zsr-draw-failed", role: "alert", textContent: words }));
    home.query?.say("The system could not be loaded.");
  }
}

const near = new IntersectionObserver(
  (entries) => {
    for (const { target } of entries.filter(({ isIntersecting }) => isIntersecting)) {
      near.unobserve(target);
      start(target);
    }
  },
  { rootMargin: "200px" },
);
for (const home of document.querySelectorAll(".zsr-draw")) near.observe(home);
