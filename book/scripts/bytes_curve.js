// Bytes of a code against quality: every `.zsr-bytes` holds what `zsr_lib.viz.bytes_curve` has written.
const SVG = "http://www.w3.org/2000/svg", WIDTH = 400, HEIGHT = 230, LEFT = 40, RIGHT = 20, TOP = 12, BOTTOM = 36;
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const PHOTOS = 1e6;

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

/** What so many codes take, in words. @param {number} bytes Of one code. */
function archive(bytes) {
  const whole = bytes * PHOTOS;
  return whole >= 1e9 ? `${(whole / 1e9).toFixed(1)} GB` : `${Math.round(whole / 1e6)} MB`;
}

/** The best point of a way within a budget. @param {number[][]} points @param {number} budget */
export const within = (points, budget) =>
  points.filter(([bytes]) => bytes <= budget).reduce((best, each) => (best && best[1] >= each[1] ? best : each), undefined);

/** @param {HTMLElement} home Gets the choice, the slider and the curves in place of its words. */
function bytesCurve(home) {
  const sets = JSON.parse(/** @type {string} */ (home.dataset.curves));
  const sizes = [...new Set(sets.flatMap((set) => set.ways.flatMap((way) => way.points.map(([bytes]) => bytes))))].sort((a, b) => a - b);
  const choice = document.createElement("select"), slider = document.createElement("input"), value = document.createElement("output");
  choice.append(...sets.map((set, place) => new Option(set.name, String(place))));
  Object.assign(slider, { type: "range", min: "0", max: String(sizes.length - 1), value: String(Math.min(1, sizes.length - 1)) });
  const which = document.createElement("label"), label = document.createElement("label");
  which.append("codes ", choice);
  label.append("bytes a photo ", slider, " ", value);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" }), list = document.createElement("ul"), note = document.createElement("p");
  const [low, high] = [Math.log(sizes[0]), Math.log(sizes.at(-1))];
  const x = (bytes) => LEFT + ((Math.log(bytes) - low) / Math.max(high - low, 1e-9)) * (WIDTH - LEFT - RIGHT);
  choice.onchange = slider.oninput = () => {
    const set = sets[Number(choice.value)], budget = sizes[Number(slider.value)];
    const values = set.ways.flatMap((way) => way.points.map(([, each]) => each));
    const [least, most] = [Math.floor(Math.min(...values) * 10) / 10, Math.ceil(Math.max(...values) * 10) / 10];
    const y = (each) => HEIGHT - BOTTOM - ((each - least) / Math.max(most - least, 1e-9)) * (HEIGHT - TOP - BOTTOM);
    const foot = HEIGHT - BOTTOM, ticks = sizes.filter((each, place) => !place || x(each) - x(sizes[place - 1]) > 24);
    svg.replaceChildren(
      drawn("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: foot, y2: foot }),
      drawn("line", { class: "axis", x1: LEFT, x2: LEFT, y1: TOP, y2: foot }),
      drawn("line", { class: "axis", x1: x(budget), x2: x(budget), y1: TOP, y2: foot, "stroke-dasharray": "4 3" }),
      ...ticks.map((each) => drawn("text", { x: x(each), y: foot + 15, "text-anchor": "middle" }, String(each))),
      drawn("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, "bytes of a code"),
      ...[least, most].map((each) => drawn("text", { x: LEFT - 6, y: y(each) + 4, "text-anchor": "end" }, each.toFixed(1))),
      ...set.ways.flatMap(({ points }, place) => {
        const colour = COLOURS[place % COLOURS.length], path = points.map(([bytes, each]) => `${x(bytes)},${y(each)}`).join(" ");
        const dots = points.map(([bytes, each]) =>
          drawn("circle", { cx: x(bytes), cy: y(each), r: 4.5, fill: colour, ...(bytes > budget && { class: "beyond" }) }));
        return [drawn("polyline", { points: path, fill: "none", stroke: colour, "stroke-opacity": 0.5 }), ...dots];
      }),
    );
    const rows = set.ways.map((way, place) => {
      const best = within(way.points, budget), row = document.createElement("li");
      row.style.setProperty("--way", COLOURS[place % COLOURS.length]);
      row.textContent = best ? `${way.name}: ${best[1].toFixed(3)} with ${best[0]} bytes` : `${way.name}: needs ${way.points[0][0]} bytes`;
      return row;
    });
    list.replaceChildren(...rows);
    value.value = `at most ${budget}`;
    note.textContent = `${set.metric}; a million photos take ${archive(budget)}`;
    slider.ariaValueText = `at most ${budget} bytes`;
    svg.setAttribute("aria-label", `${set.metric} by bytes of a code, ${set.name}: ${rows.map((row) => row.textContent).join("; ")}`);
  };
  home.replaceChildren(which, label, svg, list, note);
  slider.dispatchEvent(new Event("input"));
}

for (const home of document.querySelectorAll(".zsr-bytes")) bytesCurve(/** @type {HTMLElement} */ (home));
