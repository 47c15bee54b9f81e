/* inspyr.js - libinspyr for browsers and Node: effects, mattes and cut-outs of pictures that are
 * { data, width, height }, as ImageData is.
 *
 *     import { load } from "./inspyr.js";
 *     const inspyr = await load("inspyr.wasm");
 *     for (const { image } of inspyr.draw(picture, "popart,duotone:dark=102030")) show(image);
 *
 * data: 4 bytes a pixel (straight alpha), 3 or 1. What the library refuses is thrown as an InspyrError with the
 * library's message. A call runs to its end, so a page makes it in a worker. */

export class InspyrError extends Error {
  constructor(status, message) {
    super(message);
    this.name = "InspyrError";
    this.status = status; // "ERR_ARGUMENT"
  }
}

const KINDS = ["number", "integer", "switch", "choice", "colour"]; // inspyr_parameter_kind
const WASI_NOSYS = 52;

/* source: an address, a Response, the module's bytes or a WebAssembly.Module. */
export async function load(source) {
  if (typeof source === "string" || source instanceof URL) source = await fetch(source);
  if (typeof Response !== "undefined" && source instanceof Response) {
    if (!source.ok) throw new InspyrError("ERR_FILE", `${source.url}: ${source.status} ${source.statusText}`);
    source = await source.arrayBuffer();
  }
  const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  return new Inspyr(module);
}

class Inspyr {
  #wasm;
  #progress = null;

  constructor(module) {
    const nothing = () => WASI_NOSYS;
    const instance = new WebAssembly.Instance(module, {
      inspyr: { progress: (fraction) => (this.#progress?.(fraction) === false ? 1 : 0) },
      wasi_snapshot_preview1: {
        clock_time_get: (clock, precision, out) => {
          new DataView(this.#wasm.memory.buffer).setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true);
          return 0;
        },
        fd_close: nothing,
        fd_seek: nothing,
        fd_write: nothing,
      },
    });
    this.#wasm = instance.exports;
    this.#wasm._initialize();
    this.version = this.#text(this.#wasm.inspyr_wasm_version());
    this.features = this.#text(this.#wasm.inspyr_wasm_features());
    this.effects = this.#rows("inspyr_wasm_effect").map(([name, text, version, newest, bytesPerPixel], index) => ({
      name,
      text,
      version: +version,
      newest: +newest,
      bytesPerPixel: +bytesPerPixel,
      parameters: this.#rows("inspyr_wasm_parameter", index).map(parameter),
    }));
    this.sets = this.#rows("inspyr_wasm_set").map(([name, effects]) => ({ name, effects }));
  }

  /* Blocks of the library's memory in use: 0 between calls, but for models. */
  get blocks() {
    return this.#wasm.inspyr_wasm_blocks();
  }

  /* Bytes of memory that this instance has had from the system; it never gives any back. */
  get memory() {
    return this.#wasm.memory.buffer.byteLength;
  }

  /* The one text of each effect of a list: "popart@1:contrast=3". */
  parse(list) {
    return this.#with((keep) => {
      const text = keep(this.#put(bytesOf(list)));
      const count = this.#wasm.inspyr_wasm_count(text);
      if (count < 0) this.#check(count);
      return Array.from({ length: count }, (_, i) => {
        const canonical = this.#text(this.#wasm.inspyr_wasm_canonical(text, i));
        if (canonical === null) throw new InspyrError("ERR_ARGUMENT", this.#message());
        return canonical;
      });
    });
  }

  /* Draws each effect of a list on one picture. options: seed (a number or BigInt), preview (the longer side of
   * what is enough, pixels), alpha (a byte per pixel, in place of the picture's). Each result has effect, ms, and
   * image or, where that effect failed, error. */
  draw(image, list, options = {}) {
    const effects = this.parse(list);
    return this.#with((keep) => {
      const { at, width, height, channels } = this.#putImage(image, keep);
      const alpha = options.alpha ? keep(this.#putPlane(options.alpha, width, height)) : 0;
      const seed = BigInt.asIntN(64, BigInt(options.seed ?? 0));
      return effects.map((effect) => {
        const text = keep(this.#put(bytesOf(effect)));
        const begin = performance.now();
        try {
          const drawn = this.#made((out) =>
            this.#wasm.inspyr_wasm_draw(out, at, width, height, channels, alpha, text, seed, options.preview ?? 0));
          return { effect, image: drawn, ms: performance.now() - begin };
        } catch (error) {
          if (!(error instanceof InspyrError)) throw error;
          return { effect, error, ms: performance.now() - begin };
        }
      });
    });
  }

  /* bytes: of a weight file, such as nano.safetensors. The model has info, matte(), cutout() and free(). */
  loadModel(bytes) {
    const model = this.#with((keep) => this.#out(keep, (out) =>
      this.#wasm.inspyr_wasm_load(out, keep(this.#put(bytes)), bytes.byteLength)));
    const [name, version, licence, architecture] = this.#text(this.#wasm.inspyr_wasm_info(model)).split("\t");
    const during = (progress, work) => {
      this.#progress = progress ?? null;
      try {
        return this.#with(work);
      } finally {
        this.#progress = null;
      }
    };
    return {
      info: { name, version, licence, architecture },

      /* A byte per pixel: 255 is the subject. progress(fraction), if given, may return false to end the call. */
      matte: (image, { progress } = {}) => during(progress, (keep) => {
        const { at, width, height, channels } = this.#putImage(image, keep);
        const plane = keep(this.#take(width * height));
        this.#check(this.#wasm.inspyr_wasm_matte(model, at, width, height, channels, plane));
        return this.#bytes(plane, width * height).slice();
      }),

      /* The subject with straight alpha and colours of its own at soft edges; subject: is there one? */
      cutout: (image, { progress } = {}) => during(progress, (keep) => {
        const { at, width, height, channels } = this.#putImage(image, keep);
        const none = keep(this.#take(4));
        const cut = this.#made((out) =>
          this.#wasm.inspyr_wasm_cutout(out, model, at, width, height, channels, none));
        return { ...cut, subject: !this.#number(none) };
      }),

      free: () => this.#wasm.inspyr_wasm_model_free(model),
    };
  }

  /* ---- Memory of the module ---- */

  #bytes(at, size) {
    return new Uint8ClampedArray(this.#wasm.memory.buffer, at, size);
  }

  #number(at) {
    return new DataView(this.#wasm.memory.buffer).getInt32(at, true);
  }

  #take(size) {
    const at = this.#wasm.inspyr_wasm_take(size);
    if (!at) throw new InspyrError("ERR_MEMORY", `no room for ${size} bytes`);
    return at;
  }

  #put(bytes) {
    const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes);
    const at = this.#take(view.length);
    new Uint8Array(this.#wasm.memory.buffer).set(view, at);
    return at;
  }

  #putImage({ data, width, height }, keep) {
    const channels = data.length / (width * height);
    if (![1, 3, 4].includes(channels))
      throw new InspyrError("ERR_ARGUMENT", `${data.length} bytes are no picture of ${width} x ${height} pixels`);
    return { at: keep(this.#put(data)), width, height, channels };
  }

  #putPlane(alpha, width, height) {
    if (alpha.length !== width * height)
      throw new InspyrError("ERR_ARGUMENT", `${alpha.length} bytes are no alpha of ${width} x ${height} pixels`);
    return this.#put(alpha);
  }

  /* Gives back what the work kept, however it ends. */
  #with(work) {
    const kept = [];
    try {
      return work((at) => (kept.push(at), at));
    } finally {
      for (const at of kept) this.#wasm.inspyr_wasm_give(at);
    }
  }

  /* The handle that a call puts into its out parameter. */
  #out(keep, call) {
    const out = keep(this.#take(4));
    this.#check(call(out));
    return this.#number(out) >>> 0;
  }

  /* The pixels of the image that a call makes. */
  #made(call) {
    return this.#with((keep) => {
      const image = this.#out(keep, call);
      try {
        const [at, width, height, stride, channels] = [0, 1, 2, 3, 4].map((i) => this.#wasm.inspyr_wasm_image(image, i));
        const data = new Uint8ClampedArray(width * height * channels);
        for (let y = 0, row = width * channels; y < height; y++)
          data.set(this.#bytes((at >>> 0) + y * stride, row), y * row);
        return { data, width, height };
      } finally {
        this.#wasm.inspyr_wasm_image_free(image);
      }
    });
  }

  /* ---- Texts ---- */

  #text(at) {
    if (!at) return null;
    const memory = new Uint8Array(this.#wasm.memory.buffer);
    return new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at)));
  }

  #message() {
    return this.#text(this.#wasm.inspyr_wasm_message());
  }

  #check(status) {
    if (status) throw new InspyrError(this.#text(this.#wasm.inspyr_wasm_status(status)), this.#message());
  }

  #rows(table, ...place) {
    const rows = [];
    for (let row; (row = this.#text(this.#wasm[table](...place, rows.length))) !== null;) rows.push(row.split("\t"));
    return rows;
  }
}

function parameter([name, text, unit, words, least, most, preset, kind, noEffect]) {
  return { name, text, unit, words: words ? words.split("|") : [], least: +least, most: +most, preset: +preset,
    kind: KINDS[kind], noEffect: noEffect === "1" };
}

function bytesOf(text) {
  return new TextEncoder().encode(`${text}\0`);
}
