// Maps of the same points behind one slider: every `.zsr-maps` holds what `zsr_lib.viz.map_slider` has written.
const SVG = "http://www.w3.org/2000/svg", SIDE = 320, EDGE = 14;
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/** @param {string} name @param {Record<string, string | number>} attributes */
function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {HTMLElement} home Gets the slider and the map in place of its words. */
function mapSlider(home) {
  const { what, groups, names, maps } = JSON.parse(/** @type {string} */ (home.dataset.maps));
  const svg = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });
  const dots = groups.map((group) => drawn("circle", { r: 4, fill: COLOURS[group % COLOURS.length] }));
  const letters = names.map((name) => Object.assign(drawn("text", { "text-anchor": "middle" }), { textContent: name }));
  svg.append(...dots, ...letters);
  const slider = Object.assign(document.createElement("input"), { type: "range", min: "0", max: String(maps.length - 1) });
  slider.value = String(Math.floor(maps.length / 2));
  const value = document.createElement("output"), note = document.createElement("p"), label = document.createElement("label");
  label.append(`${what} `, slider, " ", value);
  const at = ([x, y]) => [EDGE + x * (SIDE - 2 * EDGE), SIDE - EDGE - y * (SIDE - 2 * EDGE)];
  slider.oninput = () => {
    const map = maps[Number(slider.value)], places = map.points.map(at);
    for (const [row, [x, y]] of places.entries()) {
      dots[row].setAttribute("cx", x.toFixed(1));
      dots[row].setAttribute("cy", y.toFixed(1));
    }
    for (const [group, letter] of letters.entries()) {
      const own = places.filter((_, row) => groups[row] === group);
      letter.setAttribute("x", (own.reduce((total, [x]) => total + x, 0) / own.length).toFixed(1));
      letter.setAttribute("y", (Math.min(...own.map(([, y]) => y)) - 8).toFixed(1));
    }
    value.value = map.name;
    note.textContent = map.note;
    slider.ariaValueText = `${map.name}: ${map.note}`;
    svg.setAttribute("aria-label", `map with ${what} ${map.name}: ${map.note}`);
  };
  home.replaceChildren(label, svg, note);
  slider.oninput(new Event("input"));
}

for (const home of document.querySelectorAll(".zsr-maps")) mapSlider(/** @type {HTMLElement} */ (home));
