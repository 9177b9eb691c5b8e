// The page of `zsr serve`: each time the drawing changes, what is nearest to it is shown.

import { SketchPad } from "./sketch_pad.js";

const PAUSE = 150; // milliseconds; strokes that follow each other quickly are searched with once
const HINT = "Draw on the pad, or put a picture on it: what looks like it appears here.";
const STATES = { missing: "missing: moved or deleted", changed: "changed since it was indexed" };

const IDS = ["archive", "status", "hits", "count", "photo", "examples", "path", "since", "bbox"];
const [archive, status, hits, count, photo, examples, ...only] = IDS.map((id) => document.getElementById(id));
const pad = new SketchPad(document.getElementById("pad"), { label: "Drawing to search with" });
let timer = 0;
const votes = new Map(); // picture of a hit -> "more" or "less"
let asked = /** @type {AbortController | null} */ (null);

function say(text) {
  status.textContent = text;
}

/** Searches after a pause; the answer to an earlier drawing is not wanted any more. */
function soon() {
  clearTimeout(timer);
  asked?.abort();
  timer = setTimeout(search, PAUSE);
}

async function search() {
  const wanted = [...votes.values()].includes("more");
  if (pad.empty && !wanted) return show([], HINT);
  if (!count.checkValidity()) return show([], `Ask for 1 to ${count.max} pictures.`);
  const mine = (asked = new AbortController());
  hits.setAttribute("aria-busy", "true");
  try {
    const body = pad.empty ? new Blob() : await pad.png();
    const answer = await fetch(`search?${words()}`, { method: "POST", body, signal: mine.signal });
    const told = await answer.json();
    if (mine.signal.aborted) return;
    if (!answer.ok) show([], `${capital(told.problem)} ${capital(told.remedy)}`);
    else if (!told.hits.length) show([], only.some((each) => each.value) ? "No window fits." : "The index holds no picture.");
    else show(told.hits, `The nearest ${told.hits.length} of ${told.windows} windows, best first.`);
  } catch {
    if (!mine.signal.aborted) show([], "The server does not answer. Is zsr serve still running?");
  }
}

/** What is asked beside the drawing. */
function words() {
  const told = new URLSearchParams([...votes].map(([picture, vote]) => [vote, picture]));
  for (const field of [count, ...only]) if (field.value) told.set(field === count ? "k" : field.id, field.value);
  if (photo.checked) told.set("photo", "1");
  return told;
}

function vote(picture, kind) {
  if (votes.get(picture) === kind) votes.delete(picture);
  else votes.set(picture, kind);
  tally();
  soon();
}

/** Says what was chosen, with a way back. */
function tally() {
  const number = (kind) => [...votes.values()].filter((each) => each === kind).length;
  const back = Object.assign(element("button", "", "forget"), { type: "button" });
  back.onclick = () => [votes.clear(), tally(), soon()];
  examples.replaceChildren(`More like ${number("more")}, not like ${number("less")}. `, back);
  examples.hidden = votes.size === 0;
}

function show(found, text) {
  // What is found again keeps its picture: nothing flickers while the drawing grows.
  const known = new Map([...hits.querySelectorAll("img")].map((each) => [each.src, each]));
  hits.replaceChildren(...found.map((hit, place) => item(hit, place + 1, known)));
  hits.removeAttribute("aria-busy");
  say(text);
}

function item(hit, place, known) {
  const [left, top, width, height] = hit.window;
  const told = [
    ["score", `${place}. score ${hit.score.toFixed(3)}`],
    ["expected", hit.expected === null ? "" : `right in ${(100 * hit.expected).toFixed(0)} % where it was measured`],
    ["path", hit.path],
    ["part", left || top ? `${width}×${height} at ${left}, ${top}` : ""],
    ["place", ground(hit.place)],
    ["state", STATES[hit.state] ?? ""],
  ];
  const lines = told.filter(([, text]) => text).map(([name, text]) => element("p", name, text));
  const frame = element("div", "frame", hit.state === "missing" ? "no picture" : "");
  if (hit.state !== "missing") frame.append(picture(hit, place, known, frame));
  const made = element("li", "", "");
  made.append(frame, ...lines, ballot(hit, place));
  foldable(made.querySelector(".path"));
  return made;
}

function ballot(hit, place) {
  const made = element("div", "votes", "");
  for (const [kind, text] of [["more", "more like this"], ["less", "not like this"]]) {
    const button = Object.assign(element("button", "", text), { type: "button", ariaLabel: `${place}: ${text}` });
    button.ariaPressed = String(votes.get(hit.picture) === kind);
    button.onclick = () => vote(hit.picture, kind);
    made.append(button);
  }
  return made;
}

function picture(hit, place, known, frame) {
  const source = new URL(`picture/${hit.picture}`, document.baseURI).href;
  const image = known.get(source) ?? Object.assign(new Image(), { src: source });
  const [, , width, height] = hit.window;
  image.alt = `${place}: ${hit.path}`;
  image.className = width < height ? "high" : "wide";
  image.style.aspectRatio = `${width} / ${height}`; // thumbnails are square, whatever the picture is
  image.onerror = () => frame.replaceChildren("cannot be shown");
  return image;
}

function ground({ lonlat, crs, bounds }) {
  if (!lonlat) return bounds ? `${crs}: ${bounds.map((each) => each.toFixed(1)).join(", ")}` : "";
  const [left, bottom, right, top] = lonlat;
  const middle = (left + right) / 2 + (left > right ? 180 : 0); // a box across the antimeridian has its left above its right
  const degrees = (value, [plus, minus]) => `${Math.abs(value).toFixed(5)}°\u00a0${value < 0 ? minus : plus}`;
  return `${degrees((bottom + top) / 2, "NS")}, ${degrees(middle > 180 ? middle - 360 : middle, "EW")}`;
}

/** Lets a path be broken after its slashes; copied, it is what it was. */
function foldable(path) {
  path.replaceChildren(...path.textContent.split(/(?<=\/)/).flatMap((part) => [part, document.createElement("wbr")]));
}

function element(tag, name, text) {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

pad.addEventListener("change", soon);
for (const field of [count, photo, ...only]) field.addEventListener("input", soon);
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
  if (file && !pad.root.contains(event.target)) pad.put(file); // the pad takes care of its own
});

say(HINT);
const answer = await fetch("info");
const info = await answer.json();
if (answer.ok) {
  archive.textContent = `${info.pictures} pictures below ${info.archive} · ${info.windows} windows · system ${info.system}`;
  count.max = info.most;
  count.value = info.k;
} else say(`${capital(info.problem)} ${capital(info.remedy)}`);
