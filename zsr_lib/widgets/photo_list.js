// A list of photos to choose one from: what PhotoList is in the browser.

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** One photo as a button; pressed when it is the chosen one. */
function entry(photo, place, choose) {
  const told = [`${place + 1}. ${photo.name}`, photo.group, `score ${photo.score}`].filter(Boolean);
  const picture = make("img", { src: photo.url, alt: told.join(", ") });
  const over = make("img", { className: "zsr-found-over", alt: "", hidden: true });
  const button = make("button", { type: "button", title: "show what the system looked at" }, picture, over);
  button.onclick = () => choose(place);
  const words = make("div", {}, make("b", { textContent: told[0] }));
  if (photo.group) words.append(" ", make("span", { className: "zsr-found-group", textContent: photo.group }));
  words.append(make("div", { textContent: photo.score }));
  return make("li", {}, button, words);
}

export default {
  render({ model, el }) {
    const message = make("p", { className: "zsr-found-message" });
    message.setAttribute("role", "status");
    const progress = make("progress", { max: 1 });
    progress.setAttribute("aria-label", "photos embedded");
    const list = make("ol");
    list.setAttribute("aria-label", "photos found, best first");
    const key = make("p", { className: "zsr-found-key" });
    el.append(make("div", { className: "zsr-found" }, message, progress, list, key));

    const choose = (place) => {
      model.set("chosen", model.get("chosen") === place ? -1 : place);
      model.save_changes();
    };
    const tell = () => {
      message.textContent = model.get("message");
      message.classList.toggle("zsr-found-failed", model.get("failed"));
      progress.hidden = model.get("progress") < 0;
      progress.value = Math.max(0, model.get("progress"));
    };
    const mark = () => {
      const overlays = model.get("overlays");
      [...list.children].forEach((item, place) => {
        const over = item.querySelector(".zsr-found-over");
        over.hidden = !(place in overlays);
        if (place in overlays) over.src = overlays[place];
        over.alt = place in overlays ? "what the system looked at" : "";
        item.querySelector("button").setAttribute("aria-pressed", String(place === model.get("chosen")));
      });
      key.textContent = Object.keys(overlays).length ? model.get("key") : "";
    };
    const fill = () => {
      // Who chose a photo by keys must find the focus where it was.
      const focus = [...list.children].findIndex((item) => item.contains(document.activeElement));
      list.replaceChildren(...model.get("photos").map((photo, place) => entry(photo, place, choose)));
      mark();
      list.children[focus]?.querySelector("button").focus({ preventScroll: true });
    };
    const heard = [
      ["change:photos", fill],
      ["change:overlays", mark],
      ["change:chosen", mark],
      ["change:message change:failed change:progress", tell],
    ];
    for (const [name, action] of heard) model.on(name, action);
    tell();
    fill();
    return () => {
      for (const [name, action] of heard) model.off(name, action);
    };
  },
};
