/* effects.mjs - effects drawn by WebAssembly are those of the native library to the byte. */
import assert from "node:assert/strict";
import test from "node:test";
import { ask, crc, loaded, picture, same } from "./twins.mjs";

const inspyr = await loaded();
const SIZES = [[1, 1], [2, 1], [1, 7], [3, 2], [17, 9], [64, 48], [131, 67], [200, 133]];

const written = ({ kind, words }, value) =>
  kind === "choice" ? words[value] : kind === "colour" ? value.toString(16).padStart(6, "0") : String(value);

/* An effect as it is, in each version, and with each parameter, then all of them, at either end. */
function texts({ name, newest, parameters }) {
  const with_ = (list) => `${name}${list.length ? ":" : ""}${list.join(",")}`;
  const set = (p, value) => `${p.name}=${written(p, value)}`;
  const all = [name, with_(parameters.map((p) => set(p, p.least))), with_(parameters.map((p) => set(p, p.most)))];
  for (let version = 1; version <= newest; version++) all.push(`${name}@${version}`);
  for (const p of parameters)
    for (let value = p.least; value <= p.most; value += p.kind === "choice" ? 1 : p.most - p.least)
      all.push(with_([set(p, value)]));
  const custom = parameters.find((p) => p.words.includes("custom")); // what the others need to count
  if (custom)
    for (const p of parameters)
      if (p !== custom) for (const value of [p.least, p.most]) all.push(with_([`${custom.name}=custom`, set(p, value)]));
  return all;
}

function compare(cases) {
  const answers = ask(cases.map(({ image, text, options = {} }) => {
    const { data, width, height } = image;
    const head = `draw ${width} ${height} ${data.length / width / height} ${options.alpha ? 1 : 0}`;
    return [`${head} ${options.seed ?? 0} ${options.preview ?? 0} ${text}`, data, ...(options.alpha ? [options.alpha] : [])];
  }));
  cases.forEach(({ image, text, options }, i) => {
    assert.ok(answers[i].image, `${text}: ${answers[i].message}`);
    const [ours] = inspyr.draw(image, text, options);
    assert.ok(ours.image, `${text}: ${ours.error?.message}`);
    assert.ok(same(ours.image, answers[i].image), `${text} of ${image.width} x ${image.height}: other bytes`);
  });
}

for (const effect of inspyr.effects)
  test(`${effect.name} is the native one, at any size and with any parameter`, () => {
    const cases = [];
    for (const [width, height] of SIZES)
      for (const text of texts(effect))
        cases.push({ text, image: picture(width, height, 4) });
    for (const channels of [1, 3])
      for (const text of texts(effect)) cases.push({ text, image: picture(61, 43, channels) });
    compare(cases);
  });

test("seeds, previews and planes of alpha are the native ones", () => {
  const image = picture(300, 200, 3);
  const alpha = picture(300, 200, 1).data;
  compare(inspyr.effects.flatMap(({ name: text }) => [
    { text, image, options: { seed: 18446744073709551615n } },
    { text, image, options: { seed: 7, preview: 64 } },
    { text, image, options: { alpha } },
  ]));
});

test("results are those of the service whose effects these are", () => {
  const rgb = { data: new Uint8ClampedArray(128 * 96 * 3), width: 128, height: 96 };
  const rgba = { data: new Uint8ClampedArray(128 * 96 * 4), width: 128, height: 96 };
  for (let y = 0, i = 0; y < 96; y++)
    for (let x = 0; x < 128; x++, i++) {
      const colour = [(2 * x) % 256, Math.floor((255 * y) / 95), Math.floor((x * x + 3 * y * y) / 7) % 256];
      const far = (x - 64) ** 2 + (y - 48) ** 2;
      rgb.data.set(colour, 3 * i);
      rgba.data.set([...colour, far < 1296 ? 255 : far < 1600 ? 128 : 0], 4 * i);
    }
  const goldens = [
    ["color", "0c123e4e", "69caf5ae"],
    ["popart", "59bce6cb", "f6d76273"],
    ["enhancedblackwhite:grain_strength=0", "878d5be8", "ea7f3fd3"],
    ["dithering", "0ccb9c91", "356c51f3"],
    ["retro8bit", "579eaa7b", "8454cdf3"],
    ["retro8bit:quality_preset=speed", "e99bd02a", "27418805"],
  ];
  for (const [text, opaque, cutout] of goldens) {
    assert.equal(crc(inspyr.draw(rgb, text)[0].image.data), opaque, text);
    assert.equal(crc(inspyr.draw(rgba, text)[0].image.data), cutout, text);
  }
});

test("a hundred runs of every effect give back what they took", () => {
  const image = picture(160, 120, 4);
  const list = inspyr.effects.map(({ name }) => name).join(",");
  let memory;
  for (let i = 0; i < 100; i++) {
    inspyr.draw(image, list);
    assert.equal(inspyr.blocks, 0);
    if (i === 1) memory = inspyr.memory;
  }
  assert.equal(inspyr.memory, memory);
});
