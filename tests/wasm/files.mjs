/* files.mjs - PNG files that the page makes are read by libpng, and have every byte of the picture. */
import assert from "node:assert/strict";
import test from "node:test";
import { ask, picture, same } from "./twins.mjs";

const { encodePng } = await import(`${process.env.INSPYR_SOURCE}/bindings/wasm/png.js`);

test("files have the picture's bytes, at any size and below any alpha", async () => {
  const pictures = [[1, 1], [1, 9], [9, 1], [2, 2], [33, 17], [130, 71], [700, 500]].map(([w, h]) => picture(w, h, 4));
  const files = await Promise.all(pictures.map(async (p) => new Uint8Array(await (await encodePng(p)).arrayBuffer())));
  const answers = ask(files.map((file) => [`decode ${file.length}`, file]));
  pictures.forEach((p, i) => {
    assert.ok(answers[i].image, answers[i].message);
    assert.ok(same(answers[i].image, p), `${p.width} x ${p.height}: other bytes`);
  });
});

test("files are compressed", async () => {
  const data = new Uint8ClampedArray(4 * 256 * 256).map((_, i) => (i % 4 === 3 ? 255 : i >> 8 & 255));
  assert.ok((await encodePng({ data, width: 256, height: 256 })).size < data.length / 20);
});
