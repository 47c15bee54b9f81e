/* refusals.mjs - what is refused is refused in the native library's words, and costs no memory. */
import assert from "node:assert/strict";
import test from "node:test";
import { ask, loaded, picture, weights } from "./twins.mjs";

const inspyr = await loaded();
const thrown = (work) => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
};

test("wrong lists of effects", () => {
  const image = picture(4, 3, 3);
  const wrong = ["", "popat", "popart:contrast=99", "popart:contras=2", "popart@7", "dithering:dot_size=1.5",
    "duotone:dark=red", "retro8bit:quality_preset=best", "popart,,color", "popart:contrast=", "sketch:radius=nan"];
  const answers = ask(wrong.map((text) => [`draw 4 3 3 0 0 0 ${text}`, image.data]));
  wrong.forEach((text, i) => {
    const error = thrown(() => inspyr.draw(image, text));
    assert.equal(error.name, "InspyrError");
    assert.deepEqual([error.status, error.message], [answers[i].status, answers[i].message], text);
    assert.equal(inspyr.blocks, 0);
  });
});

test("weights that are none", () => {
  const wrong = [weights.subarray(0, 100), weights.subarray(0, weights.length - 1), Buffer.from("no weights"), Buffer.alloc(9)];
  const answers = ask(wrong.map((bytes) => [`load ${bytes.length}`, bytes]));
  wrong.forEach((bytes, i) => {
    const error = thrown(() => inspyr.loadModel(bytes));
    assert.deepEqual([error.status, error.message], [answers[i].status, answers[i].message]);
    assert.equal(inspyr.blocks, 0);
  });
});

test("bytes that are no picture", () => {
  const error = thrown(() => inspyr.draw({ data: new Uint8Array(7), width: 2, height: 2 }, "color"));
  assert.deepEqual([error.status, error.message], ["ERR_ARGUMENT", "7 bytes are no picture of 2 x 2 pixels"]);
  assert.equal(thrown(() => inspyr.draw(picture(2, 2, 4), "color", { alpha: new Uint8Array(3) })).message,
    "3 bytes are no alpha of 2 x 2 pixels");
  assert.equal(inspyr.blocks, 0);
});
