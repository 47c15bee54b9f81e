/* network.mjs - the built-in network in WebAssembly: the same bytes as natively with vectors of the same width. */
import assert from "node:assert/strict";
import test from "node:test";
import { ask, loaded, photo, picture, same, weights } from "./twins.mjs";

const inspyr = await loaded();
const model = inspyr.loadModel(weights);
const line = (verb, { data, width, height }) => [`${verb} ${width} ${height} ${data.length / width / height}`, data];

test("mattes and cut-outs are the native ones", () => {
  const [{ image: cat }] = ask([[`decode ${photo.length}`, photo]]);
  const pictures = [cat, picture(97, 33, 4), picture(40, 50, 1)];
  const answers = ask(pictures.flatMap((p) => [line("matte", p), line("cutout", p)]));
  pictures.forEach((p, i) => {
    const matte = { data: model.matte(p), width: p.width, height: p.height };
    assert.ok(same(matte, answers[2 * i].image), `matte ${i}`);
    assert.ok(same(model.cutout(p), answers[2 * i + 1].image), `cut-out ${i}`);
  });
  const alpha = model.matte(cat).reduce((sum, a) => sum + a, 0) / cat.width / cat.height;
  assert.ok(alpha > 60 && alpha < 230, `a cat with a mean alpha of ${alpha}`);
  assert.equal(model.cutout(cat).subject, true);
});

test("mattes are within 1/255 of those of this processor's widest vectors", () => {
  const [{ image: cat }] = ask([[`decode ${photo.length}`, photo]]);
  const [{ image: best }] = ask([line("matte", cat)], "best");
  const off = Array.from(model.matte(cat), (alpha, i) => Math.abs(alpha - best.data[i]));
  assert.ok(Math.max(...new Set(off)) <= 1);
});

test("progress is told, and can end a call", () => {
  const p = picture(32, 32, 3);
  const fractions = [];
  model.matte(p, { progress: (fraction) => { fractions.push(fraction); } });
  assert.equal(fractions.at(-1), 1);
  assert.ok(fractions.length > 2 && fractions.every((f, i) => !i || f >= fractions[i - 1]));
  assert.throws(() => model.cutout(p, { progress: () => false }), { status: "ERR_CANCELLED" });
});

test("calls take no more memory after the first, and a freed model none", () => {
  const p = picture(50, 40, 4);
  model.cutout(p);
  const { blocks, memory } = inspyr;
  for (let i = 0; i < 5; i++) model.cutout(p);
  assert.deepEqual([inspyr.blocks, inspyr.memory], [blocks, memory]);
  model.free();
  assert.equal(inspyr.blocks, 0);
});
