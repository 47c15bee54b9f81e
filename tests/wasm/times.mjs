/* times.mjs - milliseconds of each effect and of a matte in node: medians of 15, one thread. By hand:
 *
 *     INSPYR_SOURCE=$PWD INSPYR_WASM=build/wasm/site/inspyr.wasm node tests/wasm/times.mjs */
import { loaded, picture, weights } from "./twins.mjs";

const inspyr = await loaded();
const image = picture(1280, 960, 4);
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1].toFixed(1);
const runs = (work) => Array.from({ length: 15 }, work);

for (const { name } of inspyr.effects) {
  inspyr.draw(image, name);
  console.log(`${name}: ${median(runs(() => inspyr.draw(image, name)[0].ms))} ms for 1280 x 960`);
}
const model = inspyr.loadModel(weights);
const small = picture(384, 384, 3);
console.log(`matte: ${median(runs(() => {
  const begin = performance.now();
  model.matte(small);
  return performance.now() - begin;
}))} ms for 384 x 384`);
