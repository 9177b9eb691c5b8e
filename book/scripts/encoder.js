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

/** The same encoder in a worker of its own; asked like `Encoder`. */
export class WorkerEncoder {
  /** @param {URL} address Of the ONNX file. @param {{side: number, ink: number}} about @returns {Promise<WorkerEncoder>} */
  static async load(address, about) {
    const made = new WorkerEncoder();
    await made.#ask({ load: { address: address.href, about } });
    return made;
  }

  constructor() {
    this.asked = /** @type {Map<number, {resolve: Function, reject: Function}>} */ (new Map());
    this.last = 0;
    this.worker = new Worker(new URL("./encoder_worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { id, code, error } }) => {
      const { resolve, reject } = this.asked.get(id);
      this.asked.delete(id);
      error ? reject(new Error(error)) : resolve(code);
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.asked.values()) reject(new Error(event.message || "encoder_worker.js cannot be loaded"));
      this.asked.clear();
    };
  }

  /** @param {Uint8ClampedArray} pixels side × side RGBA, opaque. @returns {Promise<Float32Array | null>} */
  code(pixels) {
    return this.#ask({ pixels }, [pixels.buffer]);
  }

  #ask(what, handed = []) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...what }, handed);
    });
  }
}

/** A file's bytes. @param {URL} address @param {RequestInit} options @returns {Promise<ArrayBuffer>} */
export async function bytesOf(address, options = {}) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(`${address.pathname.split("/").pop()}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}
