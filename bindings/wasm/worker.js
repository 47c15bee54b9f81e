/* worker.js - the library in a thread of its own, so that the page stays live. Messages: { id, verb, ... }, answered by
 * { id, result } or { id, error }, with { id, progress } before. */
import { load } from "./inspyr.js";
import { encodePng } from "./png.js";

const ready = load(new URL("inspyr.wasm", import.meta.url));
let picture, model;

const verbs = {
  describe: ({ version, features, effects }) => ({ version, features, effects }),

  picture: (inspyr, { image }) => {
    picture = image;
  },

  draw: (inspyr, { text, seed }) => {
    const [result] = inspyr.draw(picture, text, { seed });
    if (result.error) throw result.error;
    return result;
  },

  png: (inspyr, { image }) => encodePng(image),

  cutout: async (inspyr, { image, progress }) => {
    model ??= inspyr.loadModel(await weights());
    const begin = performance.now();
    const cut = model.cutout(image, { progress });
    return { ...cut, ms: performance.now() - begin };
  },
};

async function weights() {
  const response = await fetch(new URL("nano.safetensors", import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

onmessage = async ({ data: { id, verb, ...rest } }) => {
  try {
    const progress = (fraction) => postMessage({ id, progress: fraction });
    const result = await verbs[verb](await ready, { ...rest, progress });
    const pixels = result?.data ?? result?.image?.data;
    postMessage({ id, result }, pixels ? [pixels.buffer] : []);
  } catch (error) {
    postMessage({ id, error: { status: error.status, message: error.message } });
  }
};
