// The encoder beside the page: while a drawing is embedded, the pen goes on.
import { Encoder } from "./encoder.js";

let encoder = /** @type {Encoder | null} */ (null);

self.onmessage = async ({ data: { id, load, pixels } }) => {
  try {
    if (load) encoder = await Encoder.load(new URL(load.address), load.about);
    const code = pixels ? await encoder.code(pixels) : null;
    self.postMessage({ id, code });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
