// A drawing in an address: the part after # holds its strokes, their widths and two bytes a point, so that a link shows
// it to others. Points that lie about on a line with their neighbours are left out.
import { strokesOf } from "./sketch_pad.js";

const START = "#draw=";
const LONGEST = 6000; // letters: longer addresses are cut off by some programs
const SLACK = 1.5; // pixels that a point may lie beside the line of its neighbours to be left out

/** Address of this page with what is on the pad, without it where strokes of the pen cannot tell it; null: as it is. */
export function addressOf(pad) {
  const here = location.pathname + location.search;
  const told = !pad.empty && !pad.picture && pad.strokes.every(({ tool }) => tool === "pen");
  const lines = told ? pad.lines : [];
  const text = lines.map((line, place) => `${pad.strokes[place].width}*${letters(simplified(line))}`).join(".");
  if (text && text.length <= LONGEST) return `${here}${START}${text}`;
  return location.hash.startsWith(START) ? here : null;
}

/** The pen's strokes in the part of an address after #; null where there are none, or what is there is damaged. */
export function strokesIn(hash) {
  if (!hash.startsWith(START)) return null;
  try {
    const strokes = hash.slice(START.length).split(".").map((part) => {
      const [width, text] = part.split("*");
      return strokesOf([points(text)], Math.min(64, Number(width)))[0];
    });
    return strokes.every(({ width, points }) => width > 0 && points.length) ? strokes : null;
  } catch {
    return null;
  }
}

function letters([columns, rows]) {
  const bytes = columns.flatMap((x, place) => [x, rows[place]]);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function points(text) {
  const bytes = [...atob(text.replaceAll("-", "+").replaceAll("_", "/"))].map((letter) => letter.charCodeAt(0));
  if (bytes.length % 2) throw new Error("half a point");
  return [bytes.filter((_, place) => place % 2 === 0), bytes.filter((_, place) => place % 2 === 1)];
}

/** Ramer, Douglas and Peucker's algorithm, as Quick, Draw! simplifies its drawings. */
function simplified([columns, rows]) {
  const keep = new Set([0, columns.length - 1]);
  const spans = [[0, columns.length - 1]];
  while (spans.length) {
    const [from, to] = spans.pop();
    const [dx, dy] = [columns[to] - columns[from], rows[to] - rows[from]];
    const long = Math.hypot(dx, dy);
    let [far, at] = [SLACK, -1];
    for (let place = from + 1; place < to; place++) {
      const [x, y] = [columns[place] - columns[from], rows[place] - rows[from]];
      const off = long ? Math.abs(dx * y - dy * x) / long : Math.hypot(x, y);
      if (off > far) [far, at] = [off, place];
    }
    if (at < 0) continue;
    keep.add(at);
    spans.push([from, at], [at, to]);
  }
  const places = [...keep].sort((one, other) => one - other);
  return [places.map((place) => columns[place]), places.map((place) => rows[place])];
}
