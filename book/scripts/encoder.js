// A drawing's pixels → its code, by onnxruntime-web on one thread: what zsr_lib.search.onnx wrote.

const RUNTIME = new URL("../onnxruntime-web/", import.meta.url).href;

/** The sketch encoder, ready to run. */
export class Encoder {
  /** @param {URL} address Of the ONNX file. @param {{side: number, ink: number}} about @returns {Promise<Encoder>} */
  static async load(address, about) {
    const [runtime, file] = await Promise.all([import(`${RUNTIME}ort.wasm.min.mjs`), bytesOf(address)]);
    // More threads would need headers that simple hosts do not send.
    Object.assign(runtime.env.wasm, { wasmPaths: RUNTIME, numThreads: 1 });
    runtime.env.logLevel = "error";
    const session = await runtime.InferenceSession.create(new Uint8Array(file), { executionProviders: ["wasm"] });
    const made = new Encoder(runtime, session, about);
    await made.code(new Uint8ClampedArray(4 * about.side ** 2).fill(255)); // the first run also prepares the others
    return made;
  }

  constructor(runtime, session, { side, ink }) {
    Object.assign(this, { runtime, session, side, ink });
  }

  /**
   * The code of a drawing, or null if nothing on it is darker than the paper.
   * @param {Uint8ClampedArray} pixels side × side RGBA, opaque. @returns {Promise<Float32Array | null>}
   */
  async code(pixels) {
    const colours = new Uint8Array((pixels.length / 4) * 3);
    for (let from = 0, to = 0; from < pixels.length; from += 4) {
      colours[to++] = pixels[from];
      colours[to++] = pixels[from + 1];
      colours[to++] = pixels[from + 2];
    }
    const drawing = new this.runtime.Tensor("uint8", colours, [1, this.side, this.side, 3]);
    const { code, ink } = await this.session.run({ pixels: drawing });
    return ink.data[0] < this.ink ? null : code.data;
  }
}

/** A file's bytes. @param {URL} address @param {RequestInit} options @returns {Promise<ArrayBuffer>} */
export async function bytesOf(address, options = {}) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").pop()}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}
