// A small challenge: one of the classes is asked for, and the search says whether it was found.
import { element } from "./draw_a_query_parts.js";

const LOOKED = 10;

/** A button that names a class to draw; unseen ones where it is known which these are. */
export class Challenge {
  /** @param {object} about The manifest. */
  constructor(about) {
    this.about = about;
    const unseen = about.classes.filter(({ seen }) => seen === false);
    this.names = (unseen.length ? unseen : about.classes).map(({ name }) => name);
    this.asked = /** @type {string | null} */ (null);
    this.button = element("button", { type: "button", className: "zsr-draw-challenge", textContent: "challenge me" });
    this.button.title = "name something to draw, and see whether the system finds it";
    this.button.onclick = () => this.next();
    this.told = element("span", { className: "zsr-draw-asked" });
    this.told.setAttribute("aria-live", "polite");
    this.root = element("span", {}, this.button, " ", this.told);
  }

  /** Asks for another class than before. */
  next() {
    const others = this.names.filter((name) => name !== this.asked);
    this.asked = others[Math.floor(Math.random() * others.length)] ?? this.names[0];
    this.told.textContent = `Draw: ${this.asked}.`;
    this.root.dispatchEvent(new Event("change"));
  }

  /** Whether the photos found are of the class that was asked for, in words. @param {{row: number}[]} found */
  verdict(found) {
    if (!this.asked || !found.length) return "";
    const { classes, photos } = this.about;
    const first = found.slice(0, LOOKED);
    const right = first.filter(({ row }) => classes[photos.labels[row]].name === this.asked).length;
    const praise = right >= first.length / 2 ? "Found!" : right ? "Nearly." : "Not yet.";
    return `${praise} ${right} of the first ${first.length} are of class ${this.asked}.`;
  }
}
